//! Tests with peers that misbehave on a socket: they never read, give up, fall silent or break the protocol. The other people in the
//! room are not affected, and what the peer held is freed.
//!
//! `HOSTILE_PEERS` is the number of peers that never read, `HOSTILE_MESSAGES` the number of messages of each of the others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test panics")]

mod flood;
mod liveness;
mod peer;
mod protocol;
mod slow;
mod talk;
mod tcp;
mod uploads;

/// Path of the local server, built by cargo for this test.
const LOCAL: &str = env!("CARGO_BIN_EXE_local");
