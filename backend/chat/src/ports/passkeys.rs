//! Stores the passkeys of people: the public keys with which their authenticators sign.

use std::{fmt, str::FromStr};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared_types::{DeviceId, PersonId, PersonName, Timestamp, limits};

use crate::ports::Result;

/// Number of characters of a [`PasskeyId`]: a hash of 32 bytes as base64url.
const ID_CHARS: usize = 43;

/// Id of a passkey: the SHA-256 hash of its credential id, which an authenticator chooses and which has up to 1,023 bytes. As text it is 43
/// characters of base64url. It is no secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PasskeyId(String);

/// A text is not the id of a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {ID_CHARS} characters of base64url")]
pub struct InvalidPasskeyId;

impl PasskeyId {
    /// Returns the id of the passkey with this credential id.
    pub fn of_credential(credential: &[u8]) -> Self {
        Self(BASE64.encode(Sha256::digest(credential)))
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PasskeyId {
    type Err = InvalidPasskeyId;

    fn from_str(text: &str) -> std::result::Result<Self, InvalidPasskeyId> {
        let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        (text.len() == ID_CHARS && text.bytes().all(is_valid)).then(|| Self(text.into())).ok_or(InvalidPasskeyId)
    }
}

impl TryFrom<String> for PasskeyId {
    type Error = InvalidPasskeyId;

    fn try_from(text: String) -> std::result::Result<Self, InvalidPasskeyId> {
        text.parse()
    }
}

impl From<PasskeyId> for String {
    fn from(PasskeyId(text): PasskeyId) -> Self {
        text
    }
}

impl fmt::Display for PasskeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A passkey of a person. As JSON it is stored data: fields keep their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredPasskey {
    /// Its id.
    pub id: PasskeyId,
    /// The name of the person when they added it. A browser that is signed in with it has no other.
    pub name: PersonName,
    /// The browser that added it, such as "Firefox", if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// The operating system of that browser, such as "Linux", if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// When it was added.
    pub created: Timestamp,
    /// When it was used to sign in; the same as `created` if it never was.
    pub last: Timestamp,
    /// Marks the access policy under which its person was let in.
    pub policy: String,
    /// The host of the chat's page where it was added, such as `chat.example`: it works there only. `None` in what an older version stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The device that added it, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// The public key, the signature counter and the rest that
    /// [`PasskeyCeremony`](crate::ports::passkey_ceremony::PasskeyCeremony) needs to check an answer. No secret.
    pub key: String,
}

impl StoredPasskey {
    /// Returns whether the passkey was not used for so long that the store may drop it.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.last + limits::PASSKEY_LIFE <= now
    }

    /// Returns whether the passkey can work on pages of a host, as far as is known.
    pub fn is_of(&self, host: &str) -> bool {
        self.host.as_deref().is_none_or(|stored| stored == host)
    }
}

/// The store of passkeys.
#[async_trait]
pub trait Passkeys: Send + Sync {
    /// Stores a passkey of a person, unless they have one with this id. Returns whether it was stored. MUST survive a crash and a power cut.
    async fn add(&self, person: &PersonId, passkey: &StoredPasskey) -> Result<bool>;

    /// Returns up to `limit` passkeys of a person, in any order, without those that cannot be read. MUST see every change that has ended.
    async fn passkeys(&self, person: &PersonId, limit: usize) -> Result<Vec<StoredPasskey>>;

    /// Returns a passkey of a person. MUST see every change that has ended.
    async fn passkey(&self, person: &PersonId, id: &PasskeyId) -> Result<Option<StoredPasskey>>;

    /// Replaces a stored passkey by `next`, which has the same id, if what is stored has the key and the last use of `known`. Returns whether
    /// it did. A passkey that was removed MUST NOT come back, and of several calls with one `known` at most one MUST succeed. MUST be
    /// durable after success.
    async fn replace(&self, person: &PersonId, known: &StoredPasskey, next: &StoredPasskey) -> Result<bool>;

    /// Removes a passkey of a person. Does nothing if it is not stored. MUST be durable after success.
    async fn remove(&self, person: &PersonId, id: &PasskeyId) -> Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passkey_id_is_the_hash_of_a_credential_id() {
        let id = PasskeyId::of_credential(b"abc");
        assert_eq!(id.as_str(), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        for text in ["", "abc", &id.as_str()[1..], &format!("{id}="), &id.as_str().replace('-', "+")] {
            assert_eq!(text.parse::<PasskeyId>(), Err(InvalidPasskeyId), "{text}");
        }
    }
}
