//! Sessions: a signed cookie holds a visitor's id, and a short-lived ticket carries it to the socket.
//!
//! Both have the form `{claims}.{mac}` and are signed with the same secret. A cookie is not valid as a ticket or the reverse, and
//! neither is valid under another access policy. [`devices`](super::devices) says what is stored about a session, and how it ends early.

pub(crate) mod signing;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::Mac;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared_types::{AccessMode, Appearance, DeviceId, Person, PersonId, PersonName, Timestamp, limits};

use crate::{
    access::{
        confusable_name::{normalized_name, reject_confusable},
        guest_name::guest_name,
        policy::AccessPolicy,
        sessions::signing::{CachedKeys, Purpose, mac},
    },
    ports::{
        Result,
        connections::AddressKey,
        devices::SignOuts,
        secrets::Secrets,
        system::{Clock, Entropy},
    },
};

/// Lifetime of a ticket: 10 minutes, enough to load the page on a slow connection.
pub(crate) const TICKET_LIFE: Duration = Duration::from_secs(10 * 60);

/// Lifetime of a guest's cookie without a visit: 400 days, the maximum that browsers allow.
const COOKIE_LIFE: Duration = limits::DEVICE_LIFE;

/// Lifetime of a signed-in person's cookie: 30 days. Then they sign in again, so that the provider can refuse them.
const SESSION_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Bytes of randomness in a guest's id. Ids are public, so only collisions matter: one is likely after 2^48 guests.
const ID_BYTES: usize = 12;

/// Signs and verifies cookies, tickets and pending sign-ins.
#[derive(Clone)]
pub struct Sessions {
    shared: Arc<Shared>,
}

struct Shared {
    secrets: Arc<dyn Secrets>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    policy: AccessPolicy,
    cached: Mutex<CachedKeys>,
}

/// A token that is forged, incomplete, expired, or signed for another access policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidToken;

/// The session of an admitted person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The person's id.
    pub id: PersonId,
    /// The name from the identity provider; `None` where people choose their own names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// Whether they are a moderator.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub moderator: bool,
    /// The device; `None` in a token of a version that did not store devices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<SessionDevice>,
}

/// The device of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionDevice {
    /// Its id.
    pub id: DeviceId,
    /// When it was signed in; 0 if that was before devices were stored.
    pub since: Timestamp,
    /// The last day on which its use was stored; 0 if it never was.
    #[serde(default)]
    pub used: u32,
}

impl SessionDevice {
    /// Returns a new device.
    pub(crate) fn new(clock: &dyn Clock, entropy: &dyn Entropy) -> Self {
        Self { id: parse_device_id(&random::<ID_BYTES>(entropy)), since: clock.now(), used: 0 }
    }

    /// Returns the device of a cookie of a version that did not store devices. It is the same each time that this cookie is used: a browser
    /// that opens several pages at once is one device.
    pub(crate) fn of_old_cookie(cookie: &str) -> Self {
        let hash = Sha256::digest(cookie);
        Self { id: parse_device_id(&hash[..ID_BYTES]), since: Timestamp::default(), used: 0 }
    }
}

/// Returns the number of the day of a time, in UTC.
pub(crate) fn day_of(time: Timestamp) -> u32 {
    const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
    u32::try_from(time.0 / DAY_MS).unwrap_or(u32::MAX)
}

fn parse_device_id(bytes: &[u8]) -> DeviceId {
    #[expect(clippy::expect_used, reason = "base64url has only characters of an id")]
    BASE64.encode(bytes).parse().expect("16 characters of base64url")
}

impl Session {
    /// Returns the person of this session. The name is the provider's, or else `chosen` unless that is confusable, or else a
    /// guest name.
    pub fn person(&self, chosen: Option<PersonName>) -> Person {
        let chosen = chosen.filter(|name| reject_confusable(name).is_ok()).map(|name| normalized_name(&name));
        let name = self.name.clone().or(chosen).unwrap_or_else(|| guest_name(&self.id));
        Person { id: self.id.clone(), name, moderator: self.moderator, appearance: Appearance::NONE }
    }

    /// Returns whether the device of this session is signed out.
    pub(crate) fn is_signed_out(&self, sign_outs: &SignOuts, now: Timestamp) -> bool {
        sign_outs.concern(self.device.as_ref().map(|device| (&device.id, device.since)), now)
    }
}

impl Sessions {
    /// Loads the signing secrets and creates the first one if there is none.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn load(
        secrets: Arc<dyn Secrets>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        policy: AccessPolicy,
    ) -> Result<Self> {
        let now = clock.now();
        let keys = secrets.keep_first(random(entropy.as_ref()), now).await?;
        let cached = Mutex::new(CachedKeys { keys, read_at: now });
        Ok(Self { shared: Arc::new(Shared { secrets, clock, entropy, policy, cached }) })
    }

    /// Returns the access policy.
    pub fn access_policy(&self) -> &AccessPolicy {
        &self.shared.policy
    }

    /// Creates the session of a new guest.
    pub fn new_guest(&self) -> Session {
        self.guest(parse_id(&BASE64.encode(random::<ID_BYTES>(self.shared.entropy.as_ref()))))
    }

    /// Returns the session of the guest with this id.
    pub(crate) fn guest(&self, id: PersonId) -> Session {
        let device = Some(SessionDevice::new(self.shared.clock.as_ref(), self.shared.entropy.as_ref()));
        self.with_role(Session { id, name: None, moderator: false, device })
    }

    /// Returns the value of the session's cookie. It is valid for [`Self::cookie_life`].
    pub fn cookie(&self, session: &Session) -> String {
        self.sign(Purpose::Cookie, session, self.cookie_life())
    }

    /// Returns the value of the session's cookie, with the end of an earlier cookie of it, which is valid.
    pub fn cookie_until(&self, session: &Session, earlier: &str) -> String {
        match signing::remaining_life(earlier, self.shared.clock.now()) {
            Some(life) => self.sign(Purpose::Cookie, session, life),
            None => self.cookie(session),
        }
    }

    /// Returns the lifetime of a cookie: 400 days, or 30 with OpenID Connect.
    pub fn cookie_life(&self) -> Duration {
        if self.shared.policy.access == AccessMode::Oidc { SESSION_LIFE } else { COOKIE_LIFE }
    }

    /// Verifies a cookie and returns its session.
    ///
    /// # Errors
    ///
    /// [`InvalidToken`] when it was not made here or is too old.
    pub async fn read_cookie(&self, cookie: &str) -> std::result::Result<Session, InvalidToken> {
        self.read(Purpose::Cookie, cookie).await.map(|session| self.with_role(session))
    }

    /// Returns the session of a cookie; `None` if the cookie is missing or invalid. A cookie of a version that did not store devices is
    /// a device of its own.
    pub async fn session(&self, cookie: Option<&str>) -> Option<Session> {
        let session = self.read_cookie(cookie?).await.ok()?;
        let device = session.device.clone().or_else(|| cookie.map(SessionDevice::of_old_cookie));
        Some(Session { device, ..session })
    }

    /// Returns a ticket for the session. It is valid for ten minutes.
    pub fn ticket(&self, session: &Session) -> String {
        self.sign(Purpose::Ticket, session, TICKET_LIFE)
    }

    /// Verifies a ticket and returns its session.
    ///
    /// # Errors
    ///
    /// [`InvalidToken`] when it was not made here or is too old.
    pub async fn read_ticket(&self, ticket: &str) -> std::result::Result<Session, InvalidToken> {
        self.read(Purpose::Ticket, ticket).await.map(|session| self.with_role(session))
    }

    /// Returns the keyed hashes of an address: one under the current secret, then one under the previous secret if there is one.
    /// The address can't be derived from them. Only the first half of an IPv6 address counts: visitors can choose the rest.
    pub fn address_keys(&self, address: std::net::IpAddr) -> Vec<AddressKey> {
        let network = match address.to_canonical() {
            std::net::IpAddr::V4(address) => address.octets().to_vec(),
            std::net::IpAddr::V6(address) => address.octets()[..8].to_vec(),
        };
        let keys = self.cached().keys;
        let hash = |key: &[u8; 32]| {
            AddressKey(BASE64.encode(&mac(key, &[b"address", &network]).finalize().into_bytes()[..15]))
        };
        std::iter::once(hash(&keys.current)).chain(keys.previous.as_ref().map(hash)).collect()
    }

    /// Returns the session with its current moderator role. Configured moderators are looked up now, not when the token was
    /// signed. Only a role from the identity provider is taken from the token.
    fn with_role(&self, session: Session) -> Session {
        let policy = &self.shared.policy;
        let is_from_provider = policy.access == AccessMode::Oidc && session.moderator;
        Session { moderator: is_from_provider || policy.moderators.contains(&session.id), ..session }
    }
}

fn random<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

pub(crate) fn parse_id(id: &str) -> PersonId {
    #[expect(clippy::expect_used, reason = "base64url has only characters of an id")]
    id.parse().expect("16 characters of base64url")
}

#[cfg(test)]
mod tests;
