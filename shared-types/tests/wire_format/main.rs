//! Golden JSON of the wire. Old clients and stored messages depend on it.
//!
//! Each type has its JSON in two forms: serde's, which the server uses, and light-json's, which the page uses. Every test here
//! reads and writes with both.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test panics")]

mod bad_frames;
mod client_messages;
mod coverage;
mod devices;
mod documents;
mod generated;
mod generator;
mod invitations;
mod page_state;
mod released;
mod samples;
mod server_messages;
