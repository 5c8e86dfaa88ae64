//! One port for page, assets and socket.

mod http;
mod server;
mod socket;
mod sockets;

pub use server::{Server, Timeouts};
pub use sockets::Sockets;
