//! Connections: connect, disconnect, broadcasts and the people of a room.

pub mod broadcast;
pub mod connect;
pub mod connect_handler;
pub mod disconnect;
pub mod large_rooms;
mod message_batches;
pub mod news;
mod own_sockets;
pub mod people;
pub mod recent_listeners;
mod shard_batches;
pub mod shard_worker;
pub mod sweep;
pub mod unique_names;
