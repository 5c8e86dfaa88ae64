//! How fast anybody may be: so much in a minute for one person, and so much for all who come from one address.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use shared_types::{Action, Person, PersonId, Timestamp, limits, whole_seconds};

use crate::ports::{
    Unavailable,
    connections::AddressKey,
    rate_store::{RateDecision, RateLimit, RateStore},
    system::Clock,
};

/// So many refusals are remembered at most, some 100 bytes each; beyond that all are forgotten, and asked for again.
const REFUSALS: usize = 10_000;

/// The rule of rates.
#[derive(Clone)]
pub struct RateLimiter {
    shared: Arc<Shared>,
}

struct Shared {
    rate_store: Arc<dyn RateStore>,
    clock: Arc<dyn Clock>,
    limits: RateLimits,
    /// Who has to wait, and until when. They are refused without a question: a flood costs the store nothing, and what a
    /// person is refused does not count for those who share their address.
    waiting: Mutex<HashMap<String, Timestamp>>,
}

/// How often something may be done in `limits::RATE_WINDOW`. 0 is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// By one person.
    pub person: u32,
    /// By everybody behind one address.
    pub address: u32,
}

/// What is counted, each apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateBucket {
    /// A message.
    Message,
    /// An edit or a deletion.
    Change,
    /// A reaction.
    Reaction,
    /// An address for an image.
    Upload,
    /// A socket that opens.
    Connect,
    /// A first word, typing, and a new name: what the room is told and nothing is stored of.
    Signal,
    /// What only reads, and forgetting, which is asked for until nothing is left; each kind by itself.
    Query(Action),
}

/// Too much in too short a time. Its `Display` is a sentence for whoever has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is too much in too short a time: try again in {} s", self.seconds())]
pub struct TooFast {
    wait: Duration,
}

/// Why something may not be done now.
#[derive(Debug, thiserror::Error)]
pub enum RateError {
    /// It was done too often.
    #[error(transparent)]
    TooFast(#[from] TooFast),
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl RateLimits {
    /// As often as anybody likes.
    pub const NONE: Self = Self { person: 0, address: 0 };
}

impl RateLimiter {
    /// The rule with these limits.
    pub fn new(rate_store: Arc<dyn RateStore>, clock: Arc<dyn Clock>, limits: RateLimits) -> Self {
        Self { shared: Arc::new(Shared { rate_store, clock, limits, waiting: Mutex::default() }) }
    }

    /// Counts that somebody does something, if they may. A moderator is not limited, but whoever shares their address is.
    ///
    /// Person and address are asked at the same time. Where the person is refused the first time, the address may have counted
    /// it; from then on it does not.
    ///
    /// # Errors
    ///
    /// [`RateError`] says for how long they may not.
    pub async fn take(&self, paid: RateBucket, who: &Person, address: Option<&AddressKey>) -> Result<(), RateError> {
        let limits = self.shared.limits;
        let allowance = |often| sustained(paid.share_of(often));
        let person = (!who.moderator).then(|| (paid.key("p", who.id.as_str()), allowance(limits.person)));
        let address = address.map(|AddressKey(address)| (paid.key("a", address), allowance(limits.address)));
        self.count_both(person, address).await
    }

    /// Counts an attempt at the passphrase, if there may be one: from this address, and by everybody together.
    ///
    /// # Errors
    ///
    /// [`RateError`] says for how long there may not.
    pub async fn attempt(&self, address: Option<&AddressKey>) -> Result<(), RateError> {
        let one = address
            .map(|AddressKey(address)| (format!("attempt#a#{address}"), even(limits::PASSPHRASE_ATTEMPTS_PER_ADDRESS)));
        self.count_both(one, Some(("attempt".into(), even(limits::PASSPHRASE_ATTEMPTS)))).await
    }

    /// Counts a way to the provider or back, if there may be one from this address.
    ///
    /// # Errors
    ///
    /// [`RateError`] says for how long there may not.
    pub async fn sign_in(&self, address: Option<&AddressKey>) -> Result<(), RateError> {
        let one =
            address.map(|AddressKey(address)| (format!("sign-in#a#{address}"), even(limits::SIGN_INS_PER_ADDRESS)));
        self.count_both(one, None).await
    }

    /// Counts that somebody takes all that they wrote, if they may.
    ///
    /// # Errors
    ///
    /// [`RateError`] says for how long they may not.
    pub async fn export(&self, who: &PersonId) -> Result<(), RateError> {
        self.count_both(Some((format!("export#p#{who}"), even(limits::EXPORTS))), None).await
    }

    /// How many of all places everybody behind one address may hold at once, where there is a limit for an address at all.
    pub fn connections_per_address(&self, all: u32) -> Option<u32> {
        (self.shared.limits.address > 0).then(|| (all / limits::ADDRESS_CONNECTION_SHARE).max(1))
    }

    async fn count_both(&self, one: Option<Counter>, other: Option<Counter>) -> Result<(), RateError> {
        // Whoever has to wait is known before anything is counted.
        for (key, _) in [&one, &other].into_iter().flatten() {
            self.shared.is_not_waiting(key)?;
        }
        futures::try_join!(self.shared.count(one), self.shared.count(other)).map(drop)
    }
}

/// What is counted under a key, and how often that may be.
type Counter = (String, RateLimit);

impl Shared {
    async fn count(&self, counter: Option<Counter>) -> Result<(), RateError> {
        // Nothing, or no limit.
        let Some((key, allowance)) = counter.filter(|(_, allowance)| allowance.sustained > 0) else { return Ok(()) };
        let now = self.clock.now();
        match self.rate_store.take(&key, allowance, now).await? {
            RateDecision::Allowed => Ok(()),
            RateDecision::Denied(wait) => {
                let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                if waiting.len() >= REFUSALS {
                    waiting.clear();
                }
                waiting.insert(key, now + wait);
                Err(TooFast { wait }.into())
            }
        }
    }

    fn is_not_waiting(&self, key: &str) -> Result<(), TooFast> {
        let now = self.clock.now();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match waiting.get(key) {
            Some(until) if *until > now => Err(TooFast { wait: until.since(now) }),
            Some(_) => {
                waiting.remove(key);
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl RateBucket {
    /// How often it may be done where messages may be said so often; 0 stays no limit.
    fn share_of(self, often: u32) -> u32 {
        if self == Self::Upload { often.div_ceil(limits::RATE_UPLOADS) } else { often }
    }

    fn key(self, whose: &str, who: &str) -> String {
        let what = match self {
            Self::Message => "message",
            Self::Change => "change",
            Self::Reaction => "reaction",
            Self::Upload => "upload",
            Self::Connect => "connect",
            Self::Signal => "signal",
            Self::Query(action) => action.as_str(),
        };
        format!("{what}#{whose}#{who}")
    }
}

impl TooFast {
    /// To be tried again after so long.
    pub fn after(wait: Duration) -> Self {
        Self { wait }
    }

    /// After how many seconds the same may be tried again; so many that it is not too early.
    pub fn seconds(self) -> u32 {
        whole_seconds(self.wait)
    }
}

/// So often in a minute, a third of it in a burst, and once in any case.
fn sustained(often: u32) -> RateLimit {
    RateLimit {
        burst: (often / limits::RATE_BURST).max(1),
        burst_window: limits::RATE_BURST_WINDOW,
        sustained: often,
        window: limits::RATE_WINDOW,
    }
}

/// So often in a minute, all at once if need be.
fn even(often: u32) -> RateLimit {
    let window = limits::RATE_WINDOW;
    RateLimit { burst: often, burst_window: window, sustained: often, window }
}
