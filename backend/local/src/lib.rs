//! The local server: page, assets, images and sockets on one port.

mod activity;
mod assets;
pub mod backup;
mod body;
pub mod built_page;
mod close_code;
#[cfg(unix)]
pub mod control;
mod flusher;
mod frame_reader;
mod handshake;
mod health;
mod http;
mod images;
pub mod log;
pub mod open_files;
pub mod owner_link;
pub mod page_loads;
mod send_queue;
pub mod server;
mod server_frame;
pub mod settings;
mod socket;
mod socket_stream;
pub mod sockets;
pub mod tcp_limits;
mod visitor;
