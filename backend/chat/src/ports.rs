//! Ports: narrow traits for everything outside the rules.
//!
//! Each method states what an implementation MUST do. The contract suite in `backend/testing` checks every store against it.

pub mod backup;
pub mod connection_gateway;
pub mod connections;
pub mod cpu_pool;
pub mod devices;
pub mod fan_out;
pub mod identity_provider;
pub mod images;
pub mod messages;
pub mod moderation;
pub mod passkey_ceremony;
pub mod passkeys;
pub mod profiles;
pub mod rate_store;
pub mod read_positions;
pub mod room_directory;
pub mod room_members;
pub mod saved_messages;
pub mod secrets;
pub mod shards;
pub mod system;
pub mod template_store;
pub mod tokens;
pub mod usage_store;
pub mod watchers;

use std::fmt;

/// An outside service failed or did not answer. The cause is for the log and is never sent to a client.
#[derive(Debug, thiserror::Error)]
#[error("{doing}: {cause}")]
pub struct Unavailable {
    /// The operation that failed, as a gerund: "reading the listeners of a room".
    pub doing: &'static str,
    /// The cause, as far as the adapter knows it.
    pub cause: String,
}

impl Unavailable {
    /// Returns a function for `map_err` that wraps a cause.
    pub fn while_doing<E: fmt::Display>(doing: &'static str) -> impl FnOnce(E) -> Self {
        move |cause| Self { doing, cause: cause.to_string() }
    }
}

/// The result of a port's methods.
pub type Result<T> = std::result::Result<T, Unavailable>;
