//! Rate limits: a number of actions a minute for one person, and for everyone at one address.

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

/// Maximum number of denied keys in memory: 10,000 of about 100 bytes are 1 MB. When it is reached, all are dropped, and the
/// store is asked again.
const MAX_DENIED: usize = 10_000;

/// Checks the rate limits.
#[derive(Clone)]
pub struct RateLimiter {
    shared: Arc<Shared>,
}

struct Shared {
    rate_store: Arc<dyn RateStore>,
    clock: Arc<dyn Clock>,
    limits: RateLimits,
    /// The denied keys, and until when each is denied. These are denied without a store access: a flood costs the store nothing,
    /// and the denied actions of a person do not count against their address.
    denied: Mutex<HashMap<String, Timestamp>>,
}

/// Maximum numbers of actions in one `limits::RATE_WINDOW`. 0 means no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// Maximum for one person.
    pub person: u32,
    /// Maximum for everyone at one address.
    pub address: u32,
}

/// The kinds of actions. Each is counted separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateBucket {
    /// Sending a message.
    Message,
    /// An edit or a deletion.
    Change,
    /// Adding or removing a reaction.
    Reaction,
    /// Requesting an upload address for an image.
    Upload,
    /// Opening a socket.
    Connect,
    /// `hello`, `typing` and `rename`: the room is told about them, but no message is stored.
    Signal,
    /// Reading commands, and `forget`, which clients repeat until nothing is left. Each command is counted separately.
    Query(Action),
}

/// The rate limit is exceeded. Its `Display` is a sentence for the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is too much in too short a time: try again in {} s", self.seconds())]
pub struct TooFast {
    wait: Duration,
}

/// Why an action was not counted.
#[derive(Debug, thiserror::Error)]
pub enum RateError {
    /// The rate limit is exceeded.
    #[error(transparent)]
    TooFast(#[from] TooFast),
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl RateLimits {
    /// No limits.
    pub const NONE: Self = Self { person: 0, address: 0 };
}

impl RateLimiter {
    /// Creates a rate limiter with these limits.
    pub fn new(rate_store: Arc<dyn RateStore>, clock: Arc<dyn Clock>, limits: RateLimits) -> Self {
        Self { shared: Arc::new(Shared { rate_store, clock, limits, denied: Mutex::default() }) }
    }

    /// Counts an action of a person, if the limits allow it. Moderators have no limit of their own, but their address has.
    ///
    /// Person and address are counted at the same time. When a person is denied for the first time, the address may have counted
    /// the action; further denied actions do not count against the address.
    ///
    /// # Errors
    ///
    /// [`RateError`] gives the time to wait.
    pub async fn take(
        &self,
        bucket: RateBucket,
        person: &Person,
        address: Option<&AddressKey>,
    ) -> Result<(), RateError> {
        let limits = self.shared.limits;
        let limit_of = |per_minute| with_burst(bucket.share_of(per_minute));
        let person = (!person.moderator).then(|| (bucket.key("p", person.id.as_str()), limit_of(limits.person)));
        let address = address.map(|AddressKey(address)| (bucket.key("a", address), limit_of(limits.address)));
        self.count_both(person, address).await
    }

    /// Counts an attempt to enter the passphrase, if the limit of the address and the limit of all attempts allow it.
    ///
    /// # Errors
    ///
    /// [`RateError`] gives the time to wait.
    pub async fn attempt(&self, address: Option<&AddressKey>) -> Result<(), RateError> {
        let one = address.map(|AddressKey(address)| {
            (format!("attempt#a#{address}"), without_burst(limits::PASSPHRASE_ATTEMPTS_PER_ADDRESS))
        });
        self.count_both(one, Some(("attempt".into(), without_burst(limits::PASSPHRASE_ATTEMPTS)))).await
    }

    /// Counts a redirect to the identity provider or back, if the limit of the address allows it.
    ///
    /// # Errors
    ///
    /// [`RateError`] gives the time to wait.
    pub async fn sign_in(&self, address: Option<&AddressKey>) -> Result<(), RateError> {
        let one = address
            .map(|AddressKey(address)| (format!("sign-in#a#{address}"), without_burst(limits::SIGN_INS_PER_ADDRESS)));
        self.count_both(one, None).await
    }

    /// Counts the load of a page, if the limit of the address allows it. It is the same as for messages.
    ///
    /// # Errors
    ///
    /// [`RateError`] gives the time to wait.
    pub async fn page_load(&self, AddressKey(address): &AddressKey) -> Result<(), RateError> {
        let one = (format!("page#a#{address}"), with_burst(self.shared.limits.address));
        self.count_both(Some(one), None).await
    }

    /// Returns whether addresses have limits.
    pub fn limits_addresses(&self) -> bool {
        self.shared.limits.address > 0
    }

    /// Counts an export of a person's own messages, if the limit allows it.
    ///
    /// # Errors
    ///
    /// [`RateError`] gives the time to wait.
    pub async fn export(&self, person: &PersonId) -> Result<(), RateError> {
        self.count_both(Some((format!("export#p#{person}"), without_burst(limits::EXPORTS))), None).await
    }

    /// Returns the maximum number of open connections from one address, out of `all`. `None` if addresses have no limit.
    pub fn connections_per_address(&self, all: u32) -> Option<u32> {
        self.limits_addresses().then(|| (all / limits::ADDRESS_CONNECTION_SHARE).max(1))
    }

    async fn count_both(&self, one: Option<Counter>, other: Option<Counter>) -> Result<(), RateError> {
        // Denied keys are rejected before anything is counted.
        for (key, _) in [&one, &other].into_iter().flatten() {
            self.shared.check_not_denied(key)?;
        }
        futures::try_join!(self.shared.count(one), self.shared.count(other)).map(drop)
    }
}

/// The key of a counter, and its limit.
type Counter = (String, RateLimit);

impl Shared {
    async fn count(&self, counter: Option<Counter>) -> Result<(), RateError> {
        // No counter, or no limit.
        let Some((key, limit)) = counter.filter(|(_, limit)| limit.sustained > 0) else { return Ok(()) };
        let now = self.clock.now();
        match self.rate_store.take(&key, limit, now).await? {
            RateDecision::Allowed => Ok(()),
            RateDecision::Denied(wait) => {
                let mut denied = self.denied.lock().unwrap_or_else(PoisonError::into_inner);
                if denied.len() >= MAX_DENIED {
                    denied.clear();
                }
                denied.insert(key, now + wait);
                Err(TooFast { wait }.into())
            }
        }
    }

    fn check_not_denied(&self, key: &str) -> Result<(), TooFast> {
        let now = self.clock.now();
        let mut denied = self.denied.lock().unwrap_or_else(PoisonError::into_inner);
        match denied.get(key) {
            Some(until) if *until > now => Err(TooFast { wait: until.since(now) }),
            Some(_) => {
                denied.remove(key);
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl RateBucket {
    /// Returns the limit of this bucket, from the limit of messages. 0 stays no limit.
    fn share_of(self, limit: u32) -> u32 {
        if self == Self::Upload { limit.div_ceil(limits::RATE_UPLOADS) } else { limit }
    }

    fn key(self, scope: &str, id: &str) -> String {
        let action = match self {
            Self::Message => "message",
            Self::Change => "change",
            Self::Reaction => "reaction",
            Self::Upload => "upload",
            Self::Connect => "connect",
            Self::Signal => "signal",
            Self::Query(action) => action.as_str(),
        };
        format!("{action}#{scope}#{id}")
    }
}

impl TooFast {
    /// Creates the error with the time to wait.
    pub fn after(wait: Duration) -> Self {
        Self { wait }
    }

    /// Returns the time to wait in seconds, rounded up so that a retry is not too early.
    pub fn seconds(self) -> u32 {
        whole_seconds(self.wait)
    }
}

/// Returns a limit of `per_minute` actions, of which a third, but at least one, may be in a burst.
fn with_burst(per_minute: u32) -> RateLimit {
    RateLimit {
        burst: (per_minute / limits::RATE_BURST).max(1),
        burst_window: limits::RATE_BURST_WINDOW,
        sustained: per_minute,
        window: limits::RATE_WINDOW,
    }
}

/// Returns a limit of `per_minute` actions, which may all be in one burst.
fn without_burst(per_minute: u32) -> RateLimit {
    let window = limits::RATE_WINDOW;
    RateLimit { burst: per_minute, burst_window: window, sustained: per_minute, window }
}
