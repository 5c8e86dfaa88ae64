//! Test support that several crates share: the contract suite of the stores, a chat in one process, fakes, a manual clock and a
//! harness for the local server.

#![allow(missing_docs, reason = "the names of test helpers say what they do")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test panics when it fails")]

pub mod authenticator;
pub mod backup;
pub mod bill;
pub mod clock;
pub mod contract;
pub mod damage;
pub mod delays;
pub mod failing_receipts;
pub mod fifo_queue;
pub mod guest;
pub mod local_server;
pub mod number;
pub mod recording_gateway;
pub mod test_chat;
