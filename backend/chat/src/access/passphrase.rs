//! Entering with the passphrase. A visitor with the right one becomes a new guest.

use std::net::IpAddr;

use shared_types::Timestamp;

use crate::{
    access::{
        rate_limit::{RateError, RateLimiter, TooFast},
        sessions::{Session, Sessions},
    },
    moderation::restrictions::RestrictionStore,
    ports::Unavailable,
};

/// Checks passphrases.
pub struct PassphraseCheck {
    /// Limits the number of attempts.
    pub rate: RateLimiter,
    /// The access policy, and the sessions of new guests.
    pub sessions: Sessions,
    /// The banned addresses.
    pub restriction_store: RestrictionStore,
}

/// Why an attempt failed.
#[derive(Debug, thiserror::Error)]
pub enum PassphraseError {
    /// The passphrase is wrong.
    #[error("the passphrase is wrong")]
    Wrong,
    /// The rate limit of attempts is exceeded.
    #[error(transparent)]
    TooOften(TooFast),
    /// The address is banned.
    #[error("a moderator banned this address")]
    Banned {
        /// End of the ban.
        until: Timestamp,
    },
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<RateError> for PassphraseError {
    fn from(error: RateError) -> Self {
        match error {
            RateError::TooFast(too_fast) => Self::TooOften(too_fast),
            RateError::Unavailable(cause) => Self::Unavailable(cause),
        }
    }
}

impl PassphraseCheck {
    /// Returns the session of a new guest if the passphrase is right. Every attempt counts against the rate limit, a successful
    /// one as well. A banned address does not learn whether the passphrase was right: otherwise a banned person could come back
    /// as a new guest.
    ///
    /// # Errors
    ///
    /// [`PassphraseError`] gives the reason.
    pub async fn attempt(&self, passphrase: &str, address: Option<IpAddr>) -> Result<Session, PassphraseError> {
        let addresses = address.map(|address| self.sessions.address_keys(address)).unwrap_or_default();
        self.rate.attempt(addresses.first()).await?;
        if let Some(until) = self.restriction_store.banned_from(&addresses).await? {
            return Err(PassphraseError::Banned { until });
        }
        if self.sessions.access_policy().verify_passphrase(passphrase) {
            Ok(self.sessions.new_guest())
        } else {
            Err(PassphraseError::Wrong)
        }
    }
}
