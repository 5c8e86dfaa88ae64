//! The local server: page, assets, images and sockets on one port.

mod body;
mod http;
mod images;
pub mod log;
pub mod server;
pub mod settings;
mod socket;
pub mod sockets;
mod visitor;
