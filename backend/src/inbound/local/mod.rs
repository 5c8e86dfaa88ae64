//! One port for page, assets, images and socket.

mod body;
mod http;
mod images;
mod server;
mod socket;
mod sockets;
mod visitor;

pub use server::{Server, Timeouts};
pub use sockets::Sockets;
