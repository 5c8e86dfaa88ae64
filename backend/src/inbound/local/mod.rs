//! One port for page, assets and socket.

mod http;
mod server;
mod socket;

pub use server::{Server, Timeouts};
