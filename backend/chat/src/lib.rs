//! The rules of the chat, and the ports that they need.
//!
//! No SDK, no web framework, no environment and no clock of its own: everything comes through [`ports`], so that the rules are the
//! same in both deployments and a test can run them in any order of events.

pub mod access;
pub mod cleanup;
pub mod commands;
pub mod content;
pub mod front_page;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod log_throttle;
pub mod messages;
pub mod moderation;
pub mod ports;
pub mod presence;
