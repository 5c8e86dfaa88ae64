//! What the rules need of the world, as narrow traits. Each says what an implementer MUST do; `tests/contract.rs`
//! holds every implementation to it.

mod connections;
mod images;
mod limiter;
mod messages;
mod moderation;
mod outbox;
mod provider;
mod secrets;
mod shells;
mod system;

pub use connections::{AddressKey, Admission, Connection, ConnectionId, Connections, Places};
pub use images::{Images, Storage, Upload, Uploaded};
pub use limiter::{Allowance, Limiter, Stretches, Taken};
pub use messages::{Applied, Claim, Expiring, Identity, Mark, Messages, Stored};
pub use moderation::{Moderation, Subject};
pub use outbox::{Delivery, Outbox};
pub use provider::{Fetched, Provider, ProviderAddress};
pub use secrets::{Keys, Secrets};
pub use shells::Shells;
pub use system::{Clock, Entropy};

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
