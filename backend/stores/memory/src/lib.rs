//! The ports in memory, for simulations and tests. They use ordered maps, so that the same seed gives the same run, and pass the same
//! contract as every other store.

#![allow(clippy::unwrap_used, reason = "a poisoned lock fails the test")]

pub mod connections;
pub mod devices;
pub mod images;
pub mod messages;
pub mod moderation;
pub mod passkeys;
pub mod profiles;
pub mod rate_store;
pub mod read_positions;
mod roles;
pub mod room_directory;
pub mod room_members;
pub mod secrets;
pub mod tokens;
pub mod usage_store;
