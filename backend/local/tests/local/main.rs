//! Tests of the binary `local` as a process.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test panics")]

mod backup;
mod damage;
mod health;
mod http;
mod owner_link;
mod pipeline;
mod process;
mod sockets;

/// Path of the local server, built by cargo for this test.
const LOCAL: &str = env!("CARGO_BIN_EXE_local");
