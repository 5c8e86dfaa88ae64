//! The log of the local server, on standard error.

use std::io::{self, IsTerminal};

use platform::log;
use tracing_subscriber::fmt;

/// Opens the log on standard error, with colours on a terminal.
pub fn open() {
    let lines = fmt::layer().with_target(false).with_ansi(io::stderr().is_terminal()).with_writer(io::stderr);
    log::open(lines);
}
