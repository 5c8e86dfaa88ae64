//! What the rules need of the world, as narrow traits. Each says what an implementer MUST do; `tests/contract.rs`
//! holds every implementation to it.

pub mod connection_gateway;
pub mod connections;
pub mod identity_provider;
pub mod images;
pub mod messages;
pub mod moderation;
pub mod rate_store;
pub mod secrets;
pub mod system;
pub mod template_store;

use std::fmt;

/// Something outside did not answer. The cause is for the log, never for a client.
#[derive(Debug, thiserror::Error)]
#[error("{doing}: {cause}")]
pub struct Unavailable {
    /// What was being done, as a gerund: "reading the listeners of a room".
    pub doing: &'static str,
    /// What the adapter knows of the cause.
    pub cause: String,
}

impl Unavailable {
    /// Wraps a cause; meant for `map_err`.
    pub fn while_doing<E: fmt::Display>(doing: &'static str) -> impl FnOnce(E) -> Self {
        move |cause| Self { doing, cause: cause.to_string() }
    }
}

/// What every port answers with.
pub type Result<T> = std::result::Result<T, Unavailable>;
