//! Rate limits: a number of actions a minute for one person, and for everyone at one address.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use shared_types::{Action, Person, PersonId, Restrictions, Timestamp, limits, whole_seconds};

use crate::ports::{
    Unavailable,
    connections::{AddressKey, Connection},
    moderation::{CountedAction, Moderation},
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
    /// `hello`, `enter`, `typing` and `rename`: the room is told about them, but no message is stored.
    Signal,
    /// Reading commands, and `forget`, which clients repeat until nothing is left. Each command is counted separately.
    Query(Action),
}

impl RateBucket {
    /// Whether a person is counted where their restrictions are stored, if the store can. It depends on the bucket alone, because each bucket
    /// has one counter: `edit` needs the restrictions and `delete` does not, and both are changes.
    pub(crate) const fn is_counted_with_restrictions(self) -> bool {
        !matches!(self, Self::Query(_))
    }
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
        self.take_with_restrictions(bucket, person, address, None).await.map(drop)
    }

    /// Counts an action that came through a connection, as [`take`](Self::take). With `restrictions_in`, the person is counted and their
    /// restrictions are read in one step, where the store can. `None` means that the caller has to read the restrictions.
    ///
    /// The address is not counted for its first connections ([`first_of_address`](Self::first_of_address)), except in the window in which
    /// they were opened: somebody who opens one connection after the other is counted.
    ///
    /// # Errors
    ///
    /// [`RateError`] gives the time to wait.
    pub async fn take_from(
        &self,
        bucket: RateBucket,
        speaker: &Connection,
        restrictions_in: Option<&dyn Moderation>,
    ) -> Result<Option<Restrictions>, RateError> {
        let address = speaker.address.as_ref().filter(|_| self.counts_for_address(speaker));
        self.take_with_restrictions(bucket, &speaker.person, address, restrictions_in).await
    }

    /// Counts an action of a person, as [`take`](Self::take), and reads their restrictions, as [`take_from`](Self::take_from).
    ///
    /// # Errors
    ///
    /// [`RateError`] gives the time to wait.
    pub async fn take_with_restrictions(
        &self,
        bucket: RateBucket,
        person: &Person,
        address: Option<&AddressKey>,
        restrictions_in: Option<&dyn Moderation>,
    ) -> Result<Option<Restrictions>, RateError> {
        let counter = self.counter_of_person(bucket, person);
        let address = self.counter_of_address(bucket, address);
        self.check_not_denied([&counter, &address])?;
        let of_person = async {
            if let (Some((key, limit)), Some(moderation)) = (counter.as_ref().filter(has_limit), restrictions_in) {
                let now = self.shared.clock.now();
                let counted = moderation.count_action(&person.id, bucket.name(), *limit, now).await?;
                if let Some(CountedAction { rate, restrictions }) = counted {
                    self.shared.conclude(key, rate, now)?;
                    return Ok(Some(restrictions));
                }
            }
            self.shared.count(counter).await.map(|()| None)
        };
        futures::try_join!(of_person, self.shared.count(address)).map(|(restrictions, ())| restrictions)
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

    /// Counts an attempt to redeem a token, if the limit of the address allows it. There is no limit of all attempts: a token cannot be
    /// guessed, and such a limit would let one client keep everybody out.
    ///
    /// # Errors
    ///
    /// [`RateError`] gives the time to wait.
    pub async fn token_attempt(&self, address: Option<&AddressKey>) -> Result<(), RateError> {
        let one = address.map(|AddressKey(address)| {
            (format!("token#a#{address}"), without_burst(limits::TOKEN_ATTEMPTS_PER_ADDRESS))
        });
        self.count_both(one, None).await
    }

    /// Counts a person's request for a challenge to add a passkey, if their limit, which is that of [links](Self::link_request), and that of the
    /// address allow it.
    ///
    /// # Errors
    ///
    /// [`RateError`] gives the time to wait.
    pub async fn passkey_registration(&self, person: &PersonId, address: Option<&AddressKey>) -> Result<(), RateError> {
        let of_person = (format!("link#p#{person}"), without_burst(limits::LINK_REQUESTS));
        let of_address = address.map(|AddressKey(address)| {
            (format!("passkey-add#a#{address}"), without_burst(limits::PASSKEY_REGISTRATIONS_PER_ADDRESS))
        });
        self.count_both(Some(of_person), of_address).await
    }

    /// Counts an answer to a challenge to sign in with a passkey, if the limit of the address allows it.
    ///
    /// # Errors
    ///
    /// [`RateError`] gives the time to wait.
    pub async fn passkey_answer(&self, address: Option<&AddressKey>) -> Result<(), RateError> {
        let one = address.map(|AddressKey(address)| {
            (format!("passkey#a#{address}"), without_burst(limits::PASSKEY_ANSWERS_PER_ADDRESS))
        });
        self.count_both(one, None).await
    }

    /// Counts a person's request to sign out devices, if their limit and that of the address allow it.
    ///
    /// # Errors
    ///
    /// [`RateError`] gives the time to wait.
    pub async fn sign_out(&self, person: &PersonId, address: Option<&AddressKey>) -> Result<(), RateError> {
        let of_person = (format!("sign-out#p#{person}"), without_burst(limits::SIGN_OUTS));
        let of_address = address
            .map(|AddressKey(address)| (format!("sign-out#a#{address}"), without_burst(limits::SIGN_OUTS_PER_ADDRESS)));
        self.count_both(Some(of_person), of_address).await
    }

    /// Counts a person's change of their profile, if their limit and that of the address allow it.
    ///
    /// # Errors
    ///
    /// [`RateError`] gives the time to wait.
    pub async fn profile_change(&self, person: &PersonId, address: Option<&AddressKey>) -> Result<(), RateError> {
        self.change_of_profile(person, ("profile", limits::PROFILE_CHANGES_PER_ADDRESS), address).await
    }

    /// Counts a person's change of their name as one of their profile, if their limit and that of the address allow it.
    ///
    /// # Errors
    ///
    /// [`RateError`] gives the time to wait.
    pub async fn name_change(&self, person: &PersonId, address: Option<&AddressKey>) -> Result<(), RateError> {
        self.change_of_profile(person, ("name", limits::NAME_CHANGES_PER_ADDRESS), address).await
    }

    /// Counts a change of a profile. `counter` is the name of the counter of addresses, and `limit` its maximum.
    async fn change_of_profile(
        &self,
        person: &PersonId,
        (counter, limit): (&str, u32),
        address: Option<&AddressKey>,
    ) -> Result<(), RateError> {
        let of_person = (format!("profile#p#{person}"), without_burst(limits::PROFILE_CHANGES));
        let of_address = address.map(|AddressKey(address)| (format!("{counter}#a#{address}"), without_burst(limit)));
        self.count_both(Some(of_person), of_address).await
    }

    /// Counts a person's request for a link or for the list of invitations, if the limit allows it.
    ///
    /// # Errors
    ///
    /// [`RateError`] gives the time to wait.
    pub async fn link_request(&self, person: &PersonId) -> Result<(), RateError> {
        self.count_both(Some((format!("link#p#{person}"), without_burst(limits::LINK_REQUESTS))), None).await
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

    /// Counts a room that a person gets into the directory of rooms, if the limit of their address allows it, or their own limit where the
    /// address is unknown. Moderators have no limit, and nobody has where addresses have none.
    ///
    /// # Errors
    ///
    /// [`RateError`] gives the time to wait.
    pub async fn directory_room(&self, speaker: &Connection) -> Result<(), RateError> {
        self.hourly("directory-room", limits::DIRECTORY_NEW_ROOMS, speaker).await
    }

    /// Counts a direct message that somebody begins. Moderators have no limit.
    ///
    /// # Errors
    ///
    /// [`RateError`] gives the time to wait.
    pub async fn new_direct_message(&self, speaker: &Connection) -> Result<(), RateError> {
        self.hourly("direct", limits::NEW_DIRECT_MESSAGES, speaker).await
    }

    /// Counts something of which an address, or a person without one, may do `count` in an hour.
    async fn hourly(&self, name: &str, count: u32, speaker: &Connection) -> Result<(), RateError> {
        if speaker.person.moderator || !self.limits_addresses() {
            return Ok(());
        }
        let key = match &speaker.address {
            Some(AddressKey(address)) => format!("{name}#a#{address}"),
            None => format!("{name}#p#{}", speaker.person.id),
        };
        let window = Duration::from_secs(60 * 60);
        let limit = RateLimit { burst: count, burst_window: window, sustained: count, window };
        self.count_both(Some((key, limit)), None).await
    }

    /// Returns the number of open connections of an address that are counted by their people only: at most half of what an address may do
    /// comes from them on top. None where people have no limit.
    pub fn first_of_address(&self) -> u32 {
        let RateLimits { person, address } = self.shared.limits;
        address.checked_div(2 * person).unwrap_or(0)
    }

    /// Returns whether the actions of a connection count for its address. Moderators have no limit of their own.
    fn counts_for_address(&self, speaker: &Connection) -> bool {
        let window = |at: Timestamp| at.0 / u64::try_from(limits::RATE_WINDOW.as_millis()).unwrap_or(u64::MAX);
        let is_new = window(speaker.opened_at) >= window(self.shared.clock.now());
        !speaker.is_first_of_address || is_new || speaker.person.moderator || self.first_of_address() == 0
    }

    fn counter_of_person(&self, bucket: RateBucket, person: &Person) -> Option<Counter> {
        let limit = bucket.with_burst(bucket.share_of(self.shared.limits.person));
        (!person.moderator).then(|| (bucket.key("p", person.id.as_str()), limit))
    }

    fn counter_of_address(&self, bucket: RateBucket, address: Option<&AddressKey>) -> Option<Counter> {
        let limit = bucket.with_burst(bucket.share_of(self.shared.limits.address));
        address.map(|AddressKey(address)| (bucket.key("a", address), limit))
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

    /// Rejects keys that are known to be denied, before anything is counted.
    fn check_not_denied(&self, counters: [&Option<Counter>; 2]) -> Result<(), TooFast> {
        counters.into_iter().flatten().try_for_each(|(key, _)| self.shared.check_not_denied(key))
    }

    async fn count_both(&self, one: Option<Counter>, other: Option<Counter>) -> Result<(), RateError> {
        self.check_not_denied([&one, &other])?;
        futures::try_join!(self.shared.count(one), self.shared.count(other)).map(drop)
    }
}

/// The key of a counter, and its limit.
type Counter = (String, RateLimit);

fn has_limit((_, limit): &&Counter) -> bool {
    limit.sustained > 0
}

impl Shared {
    async fn count(&self, counter: Option<Counter>) -> Result<(), RateError> {
        // No counter, or no limit.
        let Some((key, limit)) = counter.as_ref().filter(has_limit) else { return Ok(()) };
        let now = self.clock.now();
        Ok(self.conclude(key, self.rate_store.take(key, *limit, now).await?, now)?)
    }

    /// Remembers a denied key.
    fn conclude(&self, key: &str, decision: RateDecision, now: Timestamp) -> Result<(), TooFast> {
        match decision {
            RateDecision::Allowed => Ok(()),
            RateDecision::Denied(wait) => {
                let mut denied = self.denied.lock().unwrap_or_else(PoisonError::into_inner);
                if denied.len() >= MAX_DENIED {
                    denied.clear();
                }
                denied.insert(key.to_owned(), now + wait);
                Err(TooFast { wait })
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

    /// Returns a limit of `per_minute` actions, of which a third may be in a burst; of uploads also those of one message.
    fn with_burst(self, per_minute: u32) -> RateLimit {
        let limit = with_burst(per_minute);
        let of_message = u32::try_from(limits::MESSAGE_IMAGES).unwrap_or(u32::MAX).min(per_minute);
        if self == Self::Upload { RateLimit { burst: limit.burst.max(of_message), ..limit } } else { limit }
    }

    /// Returns the stored name of the bucket.
    fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Change => "change",
            Self::Reaction => "reaction",
            Self::Upload => "upload",
            Self::Connect => "connect",
            Self::Signal => "signal",
            Self::Query(action) => action.as_str(),
        }
    }

    fn key(self, scope: &str, id: &str) -> String {
        format!("{}#{scope}#{id}", self.name())
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
