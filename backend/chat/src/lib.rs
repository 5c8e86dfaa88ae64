//! The rules of the chat, and the ports that they need.
//!
//! The crate has no SDK, no web framework, no access to the environment and no clock of its own. Everything comes through
//! [`ports`], so that the rules are the same in both deployments and a test can run them in any order of events.

pub mod access;
pub mod cleanup;
pub mod commands;
pub mod content;
pub mod cpu;
pub mod front_page;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod log_throttle;
pub mod messages;
pub mod moderation;
pub mod ports;
pub mod presence;
pub mod usage;
