//! Entering with the passphrase: whoever says it is a guest from then on.

use std::net::IpAddr;

use shared_types::Timestamp;

use super::{Identities, NotNow, Rate, RestrictionStore, TooFast, Visitor};
use crate::ports::Unavailable;

/// The rule of entering with a passphrase.
pub struct Enter {
    /// How often it may be tried.
    pub rate: Rate,
    /// The door, and who comes through it.
    pub identities: Identities,
    /// Where somebody was sent away from.
    pub restriction_store: RestrictionStore,
}

/// Why somebody was not let in.
#[derive(Debug, thiserror::Error)]
pub enum NotLetIn {
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

impl From<NotNow> for NotLetIn {
    fn from(why: NotNow) -> Self {
        match why {
            NotNow::TooFast(too_fast) => Self::TooOften(too_fast),
            NotNow::Unavailable(cause) => Self::Unavailable(cause),
        }
    }
}

impl Enter {
    /// Lets in whoever says the passphrase, as a new guest. Every try counts, a right one as well. Who comes from where somebody
    /// was sent away hears nothing of whether it was right: they would only be somebody new.
    ///
    /// # Errors
    ///
    /// [`NotLetIn`] says why not.
    pub async fn attempt(&self, passphrase: &str, address: Option<IpAddr>) -> Result<Visitor, NotLetIn> {
        let addresses = address.map(|address| self.identities.address_keys(address)).unwrap_or_default();
        self.rate.attempt(addresses.first()).await?;
        if let Some(until) = self.restriction_store.banned_from(&addresses).await? {
            return Err(NotLetIn::Banned { until });
        }
        if self.identities.door().opens_with(passphrase) {
            Ok(self.identities.new_guest())
        } else {
            Err(NotLetIn::Wrong)
        }
    }
}

#[cfg(test)]
#[cfg(feature = "embedded")]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    use shared_types::Restrictions;

    use super::*;
    use crate::{
        chat::{
            Door, RateLimits,
            doubles::{HandClock, Safe},
        },
        outbound::{
            embedded::{EmbeddedLimiter, EmbeddedModeration, Store},
            system::SystemEntropy,
        },
        ports::{Clock, Subject},
    };

    async fn door() -> (Arc<HandClock>, Enter) {
        let clock = Arc::new(HandClock(AtomicU64::new(1_700_000_000_000 / 60_000 * 60_000)));
        let entropy = Arc::new(SystemEntropy);
        let door = Door::passphrase("open sesame", Vec::new());
        let identities = Identities::load(Arc::<Safe>::default(), clock.clone(), entropy, door).await.unwrap();
        let rate = Rate::new(Arc::new(EmbeddedLimiter::new(clock.clone())), clock.clone(), RateLimits::NONE);
        // On Linux a directory that is open is there until it is closed.
        let store = Store::open(tempfile::tempdir().unwrap().path()).unwrap();
        let moderation = Arc::new(EmbeddedModeration::new(store, clock.clone()));
        let restriction_store = RestrictionStore { moderation, clock: clock.clone(), named: Vec::new() };
        (clock, Enter { rate, identities, restriction_store })
    }

    fn address(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([203, 0, 113, last]))
    }

    #[tokio::test]
    async fn whoever_says_the_passphrase_is_a_guest_of_their_own() {
        let (_, door) = door().await;
        let ann = door.attempt("open sesame", address(1)).await.unwrap();
        let ben = door.attempt("open sesame", address(1)).await.unwrap();
        assert_ne!(ann.id, ben.id);
        assert_eq!((ann.name, ann.moderator), (None, false));
        assert!(matches!(door.attempt("Open Sesame", address(1)).await, Err(NotLetIn::Wrong)));
    }

    #[tokio::test]
    async fn whoever_comes_from_where_somebody_was_sent_away_is_told_so_whatever_they_say() {
        let (clock, door) = door().await;
        let until = Timestamp(clock.now().0 + 60_000);
        let there = Subject::Address(door.identities.address_keys(address(1).unwrap()).remove(0));
        let banned = Restrictions { banned_until: Some(until), ..Restrictions::default() };
        door.restriction_store.moderation.set_standing(&there, banned).await.unwrap();
        for passphrase in ["open sesame", "wrong"] {
            let said = door.attempt(passphrase, address(1)).await;
            assert!(matches!(said, Err(NotLetIn::Banned { until: told }) if told == until), "{said:?}");
        }
        door.attempt("open sesame", address(2)).await.unwrap();
        clock.0.fetch_add(60_000, Ordering::Relaxed);
        door.attempt("open sesame", address(1)).await.unwrap();
    }

    #[tokio::test]
    async fn an_address_has_ten_tries_a_minute_and_then_the_right_one_waits_too() {
        let (clock, door) = door().await;
        for _ in 0..10 {
            assert!(matches!(door.attempt("wrong", address(1)).await, Err(NotLetIn::Wrong)));
        }
        clock.0.fetch_add(20_000, Ordering::Relaxed);
        let late = door.attempt("open sesame", address(1)).await;
        assert!(matches!(late, Err(NotLetIn::TooOften(wait)) if wait.seconds() == 40), "{late:?}");
        door.attempt("open sesame", address(2)).await.unwrap();
        clock.0.fetch_add(40_000, Ordering::Relaxed);
        door.attempt("open sesame", address(1)).await.unwrap();
    }

    #[tokio::test]
    async fn all_addresses_together_have_a_hundred_tries_a_minute() {
        let (_, door) = door().await;
        for last in 0..100 {
            assert!(matches!(door.attempt("wrong", address(last)).await, Err(NotLetIn::Wrong)));
        }
        for somebody in [address(200), None] {
            assert!(matches!(door.attempt("open sesame", somebody).await, Err(NotLetIn::TooOften(_))));
        }
    }
}
