//! Signed tokens, and the signing secrets: a process caches the secrets, reads them again when needed, and rotates them.

use std::{sync::PoisonError, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use shared_types::Timestamp;

use super::{InvalidToken, Sessions, random};
use crate::ports::{Result, secrets::Keys};

/// How long a secret signs: 180 days. Signatures stay valid under the next secret as well, so a cookie is valid for at least
/// 180 and at most 360 days. A guest who visits twice a year keeps their id.
pub(super) const SECRET_LIFE: Duration = Duration::from_secs(180 * 24 * 60 * 60);

/// Minimum age of the cached secrets before an unknown signature makes the process read them again. Forged tokens cause at
/// most one read a minute in each process.
pub(super) const MIN_RELOAD_INTERVAL: Duration = Duration::from_secs(60);

/// Maximum age of the cached secrets. One hour after a leaked secret is removed from the store, no process uses it any more.
pub(super) const MAX_CACHE_AGE: Duration = Duration::from_secs(60 * 60);

/// Bytes of randomness in each token, so that two tickets of one session differ even in the same millisecond.
const SALT_BYTES: usize = 9;

/// Maximum size of a cookie or ticket, in bytes: an id of 64, a name of 256 and the rest are about 700 in base64, as the state of a challenge
/// for a passkey.
const TOKEN_BYTES: usize = 1_024;

/// The secrets as this process read them last.
#[derive(Clone)]
pub(super) struct CachedKeys {
    pub(super) keys: Keys,
    pub(super) read_at: Timestamp,
}

/// The signed content of a token.
#[derive(Serialize, Deserialize)]
struct Claims<T> {
    #[serde(flatten)]
    content: T,
    /// When the token expires.
    until: Timestamp,
    /// Random bytes that make each token unique.
    salt: String,
}

/// The purpose of a token. A token is invalid for every other purpose.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// Continues a session in the browser.
    Cookie,
    /// Opens a socket.
    Ticket,
    /// Continues a sign-in after the redirect from an OpenID Connect provider.
    SignIn,
    /// Names the visitor who sends a form.
    Visitor,
    /// The content of an invitation.
    Invitation,
    /// The content of an invitation to a private room.
    RoomInvitation,
    /// The content of a link to another device.
    DeviceLink,
    /// The state of a challenge to add a passkey.
    PasskeyRegistration,
    /// The state of a challenge to sign in with a passkey.
    PasskeySignIn,
}

impl Sessions {
    /// Signs content as a token that is valid for `life` from now.
    pub(crate) fn sign<T: Serialize>(&self, purpose: Purpose, content: &T, life: Duration) -> String {
        let salt = BASE64.encode(random::<SALT_BYTES>(self.shared.entropy.as_ref()));
        let claims = Claims { content, until: self.shared.clock.now() + life, salt };
        #[expect(clippy::expect_used, reason = "signed content consists of texts, times and flags")]
        let claims = BASE64.encode(serde_json::to_vec(&claims).expect("claims are JSON"));
        let mac = self.mac(&self.signing_key(), purpose, &claims).finalize().into_bytes();
        format!("{claims}.{}", BASE64.encode(mac))
    }

    /// Returns the key that signs. Right after a rotation other processes may not know the new secret yet, so the previous one
    /// signs for another two minutes: its signatures are valid in every process.
    fn signing_key(&self) -> [u8; 32] {
        let Keys { current, previous, made_at } = self.cached().keys;
        let is_recent = self.shared.clock.now().since(made_at) <= 2 * MIN_RELOAD_INTERVAL;
        previous.filter(|_| is_recent).unwrap_or(current)
    }

    /// Verifies a token and returns its content.
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
        self.reload_after(MAX_CACHE_AGE).await;
        if !self.is_signed(purpose, claims, &mac) {
            // Another process may have rotated the secret since.
            self.reload_after(MIN_RELOAD_INTERVAL).await;
            if !self.is_signed(purpose, claims, &mac) {
                return Err(InvalidToken);
            }
        }
        let claims = BASE64.decode(claims).map_err(|_| InvalidToken)?;
        let Claims { content, until, .. } = serde_json::from_slice(&claims).map_err(|_| InvalidToken)?;
        if self.shared.clock.now() > until { Err(InvalidToken) } else { Ok(content) }
    }

    /// Replaces the secret when it has signed for 180 days. Its signatures stay valid until the next rotation. Returns whether it
    /// was replaced.
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
        let rotated = self.shared.secrets.replace(&keys, fresh, now).await?;
        self.reload_after(Duration::ZERO).await;
        Ok(rotated)
    }

    fn is_signed(&self, purpose: Purpose, claims: &str, mac: &[u8]) -> bool {
        let keys = self.cached().keys;
        std::iter::once(keys.current)
            .chain(keys.previous)
            .any(|key| self.mac(&key, purpose, claims).verify_slice(mac).is_ok())
    }

    /// Reads the secrets again if they were read at least `age` ago. If that fails, the cached ones stay.
    async fn reload_after(&self, age: Duration) {
        let now = self.shared.clock.now();
        if now.since(self.cached().read_at) < age {
            return;
        }
        // A new secret is proposed, never a cached one: the cached one may have been removed because it leaked.
        match self.shared.secrets.keep_first(random(self.shared.entropy.as_ref()), now).await {
            Ok(keys) => self.store_in_cache(keys, now),
            Err(error) => tracing::error!(%error, "reading the signing secrets failed; the cached ones stay in use"),
        }
    }

    fn store_in_cache(&self, keys: Keys, read_at: Timestamp) {
        *self.shared.cached.lock().unwrap_or_else(PoisonError::into_inner) = CachedKeys { keys, read_at };
    }

    pub(super) fn cached(&self) -> CachedKeys {
        self.shared.cached.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn mac(&self, key: &[u8; 32], purpose: Purpose, claims: &str) -> Hmac<Sha256> {
        let purpose: &[u8] = match purpose {
            Purpose::Cookie => b"cookie",
            Purpose::Ticket => b"ticket",
            Purpose::SignIn => b"sign-in",
            Purpose::Visitor => b"visitor",
            Purpose::Invitation => b"invitation",
            Purpose::RoomInvitation => b"room-invitation",
            Purpose::DeviceLink => b"device-link",
            Purpose::PasskeyRegistration => b"passkey-registration",
            Purpose::PasskeySignIn => b"passkey-sign-in",
        };
        mac(key, &[purpose, self.shared.policy.label.as_bytes(), claims.as_bytes()])
    }
}

/// Returns the time that is left of a token, whose signature the caller has verified.
pub(super) fn remaining_life(token: &str, now: Timestamp) -> Option<Duration> {
    #[derive(Deserialize)]
    struct End {
        until: Timestamp,
    }
    let claims = BASE64.decode(token.split_once('.')?.0).ok()?;
    let End { until } = serde_json::from_slice(&claims).ok()?;
    Some(until.since(now))
}

/// Starts an HMAC over the parts. Each part follows its length, so that different lists of parts never give the same bytes.
pub(super) fn mac(key: &[u8; 32], parts: &[&[u8]]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("a key of 32 bytes");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac
}
