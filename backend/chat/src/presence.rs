//! Who is connected, and what they are told.

pub mod broadcast;
pub mod connect;
pub mod connect_handler;
pub mod disconnect;
pub mod disconnect_handler;
pub mod people;
pub mod sweep;
