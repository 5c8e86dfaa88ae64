//! The log of the local server, on standard error.

use std::{
    io::{self, IsTerminal},
    panic,
};

use platform::log;
use tracing_subscriber::fmt;

/// Opens the log on standard error, with colours on a terminal. A panic is a line of the log.
pub fn open() {
    let lines = fmt::layer().with_target(false).with_ansi(io::stderr().is_terminal()).with_writer(io::stderr);
    log::open(lines);
    panic::set_hook(Box::new(|panic| {
        // Not the panic's message: it could quote what is stored.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(%place, "a thread panicked; the operation that met it fails");
    }));
}
