//! The ports in memory, for simulations and tests: ordered maps, so that the same seed gives the same run. They pass the same
//! contract as every other store.

#![allow(clippy::unwrap_used, reason = "a poisoned lock ends a test")]

pub mod connections;
pub mod images;
pub mod messages;
pub mod moderation;
pub mod rate_store;
pub mod secrets;
