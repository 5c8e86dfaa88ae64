//! Entering with the passphrase: whoever says it is a guest from then on.

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

/// The rule of entering with a passphrase.
pub struct PassphraseCheck {
    /// How often it may be tried.
    pub rate: RateLimiter,
    /// The door, and who comes through it.
    pub sessions: Sessions,
    /// Where somebody was sent away from.
    pub restriction_store: RestrictionStore,
}

/// Why somebody was not let in.
#[derive(Debug, thiserror::Error)]
pub enum PassphraseError {
    /// It is another passphrase.
    #[error("the passphrase is wrong")]
    Wrong,
    /// It was tried too often.
    #[error(transparent)]
    TooOften(TooFast),
    /// They come from where somebody was sent away.
    #[error("a moderator sent away whoever comes from there")]
    Banned {
        /// Until then.
        until: Timestamp,
    },
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<RateError> for PassphraseError {
    fn from(why: RateError) -> Self {
        match why {
            RateError::TooFast(too_fast) => Self::TooOften(too_fast),
            RateError::Unavailable(cause) => Self::Unavailable(cause),
        }
    }
}

impl PassphraseCheck {
    /// Lets in whoever says the passphrase, as a new guest. Every try counts, a right one as well. Who comes from where somebody
    /// was sent away hears nothing of whether it was right: they would only be somebody new.
    ///
    /// # Errors
    ///
    /// [`PassphraseError`] says why not.
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
