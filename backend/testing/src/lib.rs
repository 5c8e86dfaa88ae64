//! What the tests of several crates share: the contract suite of the stores, a chat in one process, a manual clock and a harness
//! for the local server.

#![allow(missing_docs, reason = "helpers of tests are named after what they do")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it does not hold")]

pub mod clock;
pub mod contract;
pub mod guest;
pub mod local_server;
pub mod number;
pub mod test_chat;
