//! Who is who: a visitor's id lives in a signed cookie; a short-lived ticket carries it to the socket.
//!
//! Both are `{claims}.{mac}`, signed with one secret but never valid for one another, nor behind another door. Nothing about
//! a visitor is stored on the server.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use shared_types::{AccessMode, Person, PersonId, PersonName, Timestamp};

use crate::{
    access::{confusable_name::reject_confusable, guest_name::guest_name, policy::AccessPolicy},
    ports::{
        Result,
        connections::AddressKey,
        secrets::{Keys, Secrets},
        system::{Clock, Entropy},
    },
};

/// How long a ticket opens a socket: time to load the page on a slow line, no more.
pub(crate) const TICKET_LIFE: Duration = Duration::from_secs(10 * 60);

/// How long a visitor stays the same without a visit: browsers keep no cookie for longer than 400 days.
const COOKIE_LIFE: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// How long somebody stays signed in: then their provider is asked anew, who may have thought better of it.
const SESSION_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How long a secret signs. A cookie lives under it and the one after it, so a guest who comes twice a year stays who they
/// are: 180 days at least, 360 at most.
const SECRET_LIFE: Duration = Duration::from_secs(180 * 24 * 60 * 60);

/// How long secrets are believed to be the newest when something is not signed with any of them. Forgers make one read a
/// minute for each process.
const RELOAD: Duration = Duration::from_secs(60);

/// How long they are believed to be the newest in any case: whoever removes a secret that got out is rid of it everywhere
/// after that.
const BELIEVED: Duration = Duration::from_secs(60 * 60);

/// Bytes of randomness in everything that is signed, so that two tickets of one visitor are two even in one millisecond.
const SALT_BYTES: usize = 9;

/// Bytes of randomness in a guest's id. Ids are public, so this is about collisions: 2^48 guests until one is likely.
const ID_BYTES: usize = 12;

/// The longest cookie or ticket that is looked at, in bytes: an id of 64, a name of 256 and the rest are some 700 in base64.
const TOKEN_BYTES: usize = 1_024;

/// Makes and checks cookies and tickets, and whatever else has to come back as it was given out.
#[derive(Clone)]
pub struct Sessions {
    shared: Arc<Shared>,
}

struct Shared {
    secrets: Arc<dyn Secrets>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    door: AccessPolicy,
    held: Mutex<Held>,
}

#[derive(Clone)]
struct Held {
    keys: Keys,
    since: Timestamp,
}

/// A cookie or ticket that was forged, cut, is too old, or is for another door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidToken;

/// Somebody who was let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Who they are.
    pub id: PersonId,
    /// What they are called, where they do not choose that themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// Whether they keep order here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub moderator: bool,
}

impl Session {
    /// Who they are in a room. `chosen` is what they want to be called, where that is theirs to choose; a name that could be
    /// read as another's is not taken, and without one they have a guest's.
    pub fn called(&self, chosen: Option<PersonName>) -> Person {
        let chosen = chosen.filter(|name| reject_confusable(name).is_ok());
        let name = self.name.clone().or(chosen).unwrap_or_else(|| guest_name(&self.id));
        Person { id: self.id.clone(), name, moderator: self.moderator }
    }
}

/// What a cookie or ticket says.
#[derive(Serialize, Deserialize)]
struct Claims<T> {
    #[serde(flatten)]
    content: T,
    /// Until when it is good.
    until: Timestamp,
    /// What makes it the only one of its kind.
    salt: String,
}

/// What something is signed for. It is good for nothing else.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// To be the same visitor again.
    Cookie,
    /// To open a socket.
    Ticket,
    /// To come back from an OpenID Connect provider.
    SignIn,
}

impl Sessions {
    /// Loads the secrets, making the first on first use.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn load(
        secrets: Arc<dyn Secrets>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        door: AccessPolicy,
    ) -> Result<Self> {
        let now = clock.now();
        let keys = secrets.keep_first(random(entropy.as_ref()), now).await?;
        let held = Mutex::new(Held { keys, since: now });
        Ok(Self { shared: Arc::new(Shared { secrets, clock, entropy, door, held }) })
    }

    /// The door that visitors come through.
    pub fn access_policy(&self) -> &AccessPolicy {
        &self.shared.door
    }

    /// A guest nobody has seen before.
    pub fn new_guest(&self) -> Session {
        let id = parse_id(&BASE64.encode(random::<ID_BYTES>(self.shared.entropy.as_ref())));
        self.known(Session { id, name: None, moderator: false })
    }

    /// The cookie's value, good for [`Self::cookie_life`].
    pub fn cookie(&self, visitor: &Session) -> String {
        self.sign(Purpose::Cookie, visitor, self.cookie_life())
    }

    /// How long a cookie is good: 400 days, or 30 where a provider vouched for its owner.
    pub fn cookie_life(&self) -> Duration {
        if self.shared.door.access == AccessMode::Oidc { SESSION_LIFE } else { COOKIE_LIFE }
    }

    /// Whom a cookie belongs to.
    ///
    /// # Errors
    ///
    /// [`InvalidToken`] when it was not made here or is too old.
    pub async fn read_cookie(&self, cookie: &str) -> std::result::Result<Session, InvalidToken> {
        self.read(Purpose::Cookie, cookie).await.map(|visitor| self.known(visitor))
    }

    /// Whom a cookie belongs to that may be missing; nobody where it is of no use.
    pub async fn visitor(&self, cookie: Option<&str>) -> Option<Session> {
        self.read_cookie(cookie?).await.ok()
    }

    /// A ticket, good for ten minutes.
    pub fn ticket(&self, visitor: &Session) -> String {
        self.sign(Purpose::Ticket, visitor, TICKET_LIFE)
    }

    /// Whom a ticket belongs to.
    ///
    /// # Errors
    ///
    /// [`InvalidToken`] when it was not made here or is too old.
    pub async fn read_ticket(&self, ticket: &str) -> std::result::Result<Session, InvalidToken> {
        self.read(Purpose::Ticket, ticket).await.map(|visitor| self.known(visitor))
    }

    /// What an address is known by: the same for the same address under one secret, and no way back from it. The newest
    /// first. Of an IPv6 address the first half counts: the rest is the visitor's own to choose.
    pub fn address_keys(&self, address: std::net::IpAddr) -> Vec<AddressKey> {
        let network = match address.to_canonical() {
            std::net::IpAddr::V4(address) => address.octets().to_vec(),
            std::net::IpAddr::V6(address) => address.octets()[..8].to_vec(),
        };
        let keys = self.held().keys;
        let of = |key: &[u8; 32]| {
            AddressKey(BASE64.encode(&mac(key, &[b"address", &network]).finalize().into_bytes()[..15]))
        };
        std::iter::once(of(&keys.current)).chain(keys.previous.as_ref().map(of)).collect()
    }

    /// Signs something, good for so long from now.
    pub(crate) fn sign<T: Serialize>(&self, purpose: Purpose, content: &T, life: Duration) -> String {
        let salt = BASE64.encode(random::<SALT_BYTES>(self.shared.entropy.as_ref()));
        let claims = Claims { content, until: self.shared.clock.now() + life, salt };
        #[expect(clippy::expect_used, reason = "what is signed is made of texts, times and flags")]
        let claims = BASE64.encode(serde_json::to_vec(&claims).expect("claims are JSON"));
        let mac = self.mac(&self.signing_key(), purpose, &claims).finalize().into_bytes();
        format!("{claims}.{}", BASE64.encode(mac))
    }

    /// A secret that has just changed is not known everywhere for as long as others do not look again; what the one before it
    /// signs is good everywhere.
    fn signing_key(&self) -> [u8; 32] {
        let Keys { current, previous, made_at } = self.held().keys;
        let is_young = self.shared.clock.now().since(made_at) <= 2 * RELOAD;
        previous.filter(|_| is_young).unwrap_or(current)
    }

    /// Reads what was signed.
    pub(crate) async fn read<T: for<'de> Deserialize<'de>>(
        &self,
        purpose: Purpose,
        token: &str,
    ) -> std::result::Result<T, InvalidToken> {
        if token.len() > TOKEN_BYTES {
            return Err(InvalidToken);
        }
        let (claims, mac) = token.rsplit_once('.').ok_or(InvalidToken)?;
        let mac = BASE64.decode(mac).map_err(|_| InvalidToken)?;
        self.reload_after(BELIEVED).await;
        if !self.is_signed(purpose, claims, &mac) {
            // Another process may have changed the secret since.
            self.reload_after(RELOAD).await;
            if !self.is_signed(purpose, claims, &mac) {
                return Err(InvalidToken);
            }
        }
        let claims = BASE64.decode(claims).map_err(|_| InvalidToken)?;
        let Claims { content, until, .. } = serde_json::from_slice(&claims).map_err(|_| InvalidToken)?;
        if self.shared.clock.now() > until { Err(InvalidToken) } else { Ok(content) }
    }

    /// Changes the secret when it has signed long enough; what it signed stays good until the next change. Answers
    /// whether it did.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn rotate(&self) -> Result<bool> {
        let now = self.shared.clock.now();
        let fresh = random(self.shared.entropy.as_ref());
        let keys = self.shared.secrets.keep_first(fresh, now).await?;
        if now.since(keys.made_at) < SECRET_LIFE {
            return Ok(false);
        }
        let changed = self.shared.secrets.replace(&keys, fresh, now).await?;
        self.reload_after(Duration::ZERO).await;
        Ok(changed)
    }

    fn is_signed(&self, purpose: Purpose, claims: &str, mac: &[u8]) -> bool {
        let keys = self.held().keys;
        std::iter::once(keys.current)
            .chain(keys.previous)
            .any(|key| self.mac(&key, purpose, claims).verify_slice(mac).is_ok())
    }

    /// Reads the secrets again where they were read so long ago. Where that fails, the ones that are held stay.
    async fn reload_after(&self, age: Duration) {
        let now = self.shared.clock.now();
        if now.since(self.held().since) < age {
            return;
        }
        // A fresh one is proposed, never one that is held: it may have been removed because it got out.
        match self.shared.secrets.keep_first(random(self.shared.entropy.as_ref()), now).await {
            Ok(keys) => self.hold(keys, now),
            Err(error) => tracing::error!(%error, "the secrets could not be read again"),
        }
    }

    fn hold(&self, keys: Keys, since: Timestamp) {
        *self.shared.held.lock().unwrap_or_else(PoisonError::into_inner) = Held { keys, since };
    }

    /// Moderators by their id are so by what holds now, not by what held when something was signed: only a provider's word
    /// is in what was signed.
    fn known(&self, visitor: Session) -> Session {
        let door = &self.shared.door;
        let vouched_for = door.access == AccessMode::Oidc && visitor.moderator;
        Session { moderator: vouched_for || door.moderators.contains(&visitor.id), ..visitor }
    }

    fn held(&self) -> Held {
        self.shared.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn mac(&self, key: &[u8; 32], purpose: Purpose, claims: &str) -> Hmac<Sha256> {
        let purpose: &[u8] = match purpose {
            Purpose::Cookie => b"cookie",
            Purpose::Ticket => b"ticket",
            Purpose::SignIn => b"sign-in",
        };
        mac(key, &[purpose, self.shared.door.label.as_bytes(), claims.as_bytes()])
    }
}

fn random<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// Each part with its length before it, so that no two lists of parts are the same bytes.
fn mac(key: &[u8; 32], parts: &[&[u8]]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("a key of 32 bytes");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac
}

pub(crate) fn parse_id(id: &str) -> PersonId {
    #[expect(clippy::expect_used, reason = "base64url has only characters of an id")]
    id.parse().expect("16 characters of base64url")
}

#[cfg(test)]
mod tests;
