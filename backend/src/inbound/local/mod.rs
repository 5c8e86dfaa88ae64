//! One port for page, assets, images and socket.

mod body;
mod http;
mod images;
mod server;
mod socket;
mod sockets;
mod visitor;

use std::io::{self, IsTerminal};

use tracing_subscriber::fmt;

use super::log;
pub use server::{Server, Timeouts};
pub use sockets::Sockets;

/// Opens the log, on standard error: for people, and in colours where they look on.
pub fn open_log(level: &str) {
    let lines = fmt::layer().with_target(false).with_ansi(io::stderr().is_terminal()).with_writer(io::stderr);
    log::open(level, lines);
}
