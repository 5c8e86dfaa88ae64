//! Tests with one person who keeps the server busy while ten others talk. Each prints how long deliveries to the others take.
//!
//! `FLOOD_SECONDS` is the duration, and `FLOOD_RATE` the messages a second of the flood of messages; 0 turns it off.
//! `FLOOD_SEARCHES` and `FLOOD_PAGES` are the numbers of searches and of connections that load pages. For figures that mean
//! something, build the release:
//! `FLOOD_SECONDS=15 FLOOD_SEARCHES=200 FLOOD_PAGES=8 cargo test --release -p chat-local --test flood -- --test-threads 1 --nocapture`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test panics")]

mod messages;
mod pages;
mod searches;
mod talkers;

/// Path of the local server, built by cargo for this test.
const LOCAL: &str = env!("CARGO_BIN_EXE_local");
