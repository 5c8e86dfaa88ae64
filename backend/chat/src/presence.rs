//! Connections: connect, disconnect, broadcasts and the people of a room.

pub mod broadcast;
pub mod connect;
pub mod connect_handler;
pub mod disconnect;
pub mod large_rooms;
pub mod people;
pub mod recent_listeners;
pub mod shard_worker;
pub mod sweep;
