//! Storage of one-use tokens: owner links, invitations, links to another device, and challenges for passkeys.
//!
//! A person who knows a token can redeem it, so a store has only its hash: see [`TokenSecret`](crate::access::token_secret::TokenSecret).

use std::{cmp::Reverse, fmt, str::FromStr, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use shared_types::{PersonId, RoomName, Timestamp};

use crate::ports::Result;

/// How long a store remembers a token after it expired, so that a late visitor learns that it expired and not that it is unknown.
pub const REMEMBERED: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The same for a challenge for a passkey. Nobody has it in a link, and every visitor can ask for some.
const CHALLENGE_REMEMBERED: Duration = Duration::from_secs(60);

/// Time in which the person who took the last use can redeem the token again without another use: their request may have been repeated,
/// or the step after it may have failed.
pub const REPEATABLE: Duration = Duration::from_secs(60);

/// Maximum number of tokens of one kind that a list reads. One is about 300 bytes: 300 KB, 75 read units of 4 KB, $0.00001.
pub const LISTED: usize = 1_000;

/// Maximum size of a token's payload, in bytes. The id of a person has 64, the name of a room 64, and the state of a challenge for a passkey
/// about 750 when it is signed.
pub const PAYLOAD_BYTES: usize = 1_024;

/// What a token is for. It is a part of the key, so a token of one kind cannot be redeemed as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TokenKind {
    /// Makes its holder an owner of the chat.
    OwnerClaim,
    /// Lets its holder into the chat.
    Invitation,
    /// Makes its holder a member of a private room.
    RoomInvitation,
    /// Signs another browser in as a person.
    DeviceLink,
    /// Adds a passkey to a person.
    PasskeyRegistration,
    /// Signs a browser in with a passkey.
    PasskeySignIn,
}

impl TokenKind {
    /// Returns the name of the kind in stored keys. It is stored data and keeps its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OwnerClaim => "ownerClaim",
            Self::Invitation => "invitation",
            Self::RoomInvitation => "roomInvitation",
            Self::DeviceLink => "deviceLink",
            Self::PasskeyRegistration => "passkeyRegistration",
            Self::PasskeySignIn => "passkeySignIn",
        }
    }

    /// Returns how long a store remembers a token of this kind after it expired.
    pub fn remembered(self) -> Duration {
        match self {
            Self::OwnerClaim | Self::Invitation | Self::RoomInvitation | Self::DeviceLink => REMEMBERED,
            Self::PasskeyRegistration | Self::PasskeySignIn => CHALLENGE_REMEMBERED,
        }
    }
}

/// The SHA-256 hash of a token. As text it is 64 hexadecimal digits in lower case. It reveals nothing of the token, so it may name the
/// token in lists and logs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text is not the hash of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a hash of 64 hexadecimal digits in lower case")]
pub struct InvalidHash;

impl FromStr for TokenHash {
    type Err = InvalidHash;

    fn from_str(text: &str) -> std::result::Result<Self, InvalidHash> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(InvalidHash),
        };
        let mut hash = [0; 32];
        if text.len() != 2 * hash.len() {
            return Err(InvalidHash);
        }
        for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let &[high, low] = pair else { return Err(InvalidHash) };
            *byte = digit(high)? << 4 | digit(low)?;
        }
        Ok(Self(hash))
    }
}

impl Serialize for TokenHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TokenHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What a token carries to the rule that redeems it, such as the id of a person: at most [`PAYLOAD_BYTES`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TokenPayload(String);

/// A payload has more than [`PAYLOAD_BYTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the payload of a token has at most {PAYLOAD_BYTES} bytes")]
pub struct PayloadTooLong;

impl TryFrom<String> for TokenPayload {
    type Error = PayloadTooLong;

    fn try_from(text: String) -> std::result::Result<Self, PayloadTooLong> {
        if text.len() <= PAYLOAD_BYTES { Ok(Self(text)) } else { Err(PayloadTooLong) }
    }
}

impl From<TokenPayload> for String {
    fn from(TokenPayload(text): TokenPayload) -> Self {
        text
    }
}

impl TokenPayload {
    /// Returns the payload as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A stored token. As JSON it is stored data: fields keep their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// What it is for.
    pub kind: TokenKind,
    /// Its hash.
    pub hash: TokenHash,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it; `None` for the deployment itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<PersonId>,
    /// When it expires.
    pub expires_at: Timestamp,
    /// How often it can still be redeemed.
    pub uses_left: u32,
    /// What it carries.
    #[serde(default)]
    pub payload: TokenPayload,
    /// The private room to which it leads: [`Tokens::list_of_room`] finds it. Tokens of older versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
    /// Who took the last use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_redeemed_by: Option<PersonId>,
    /// When the last use was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_redeemed_at: Option<Timestamp>,
}

/// Whether a token can be redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// It can be redeemed.
    Usable,
    /// All uses are taken.
    UsedUp,
    /// Its time is over.
    Expired,
    /// It was revoked.
    Revoked,
}

/// The result of [`Tokens::redeem`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redemption {
    /// A use was taken, or this person took one less than [`REPEATABLE`] ago. Holds the token as it is stored now.
    Redeemed(Token),
    /// All uses were taken before.
    UsedUp,
    /// Its time is over.
    Expired,
    /// It was revoked.
    Revoked,
    /// No such token is stored: it never was, or it expired more than [`REMEMBERED`] ago.
    Unknown,
}

impl Token {
    /// Returns whether the token can be redeemed at this time.
    pub fn state(&self, now: Timestamp) -> TokenState {
        if self.revoked_at.is_some() {
            TokenState::Revoked
        } else if self.expires_at <= now {
            TokenState::Expired
        } else if self.uses_left == 0 {
            TokenState::UsedUp
        } else {
            TokenState::Usable
        }
    }

    /// Returns whether this person took the last use so recently that they may redeem the token again without another use.
    pub fn was_just_redeemed_by(&self, person: &PersonId, now: Timestamp) -> bool {
        let recently = self.last_redeemed_at.is_some_and(|at| now.since(at) < REPEATABLE);
        recently && self.last_redeemed_by.as_ref() == Some(person)
    }

    /// Takes a use for a person, if the token allows it: the rule of [`Tokens::redeem`], for stores that run it in a transaction.
    pub fn redeem(&mut self, by: &PersonId, now: Timestamp) -> Redemption {
        match self.state(now) {
            TokenState::Revoked => Redemption::Revoked,
            TokenState::Expired => Redemption::Expired,
            TokenState::UsedUp | TokenState::Usable if self.was_just_redeemed_by(by, now) => {
                Redemption::Redeemed(self.clone())
            }
            TokenState::UsedUp => Redemption::UsedUp,
            TokenState::Usable => {
                self.uses_left -= 1;
                (self.last_redeemed_by, self.last_redeemed_at) = (Some(by.clone()), Some(now));
                Redemption::Redeemed(self.clone())
            }
        }
    }

    /// Returns when a store may forget the token.
    pub fn forgotten_at(&self) -> Timestamp {
        self.expires_at + self.kind.remembered()
    }
}

/// The store of one-use tokens.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// Stores a new token. It MUST survive a crash and a power cut.
    async fn create(&self, token: &Token) -> Result<()>;

    /// Takes one use of a token for a person, in one step: however many redeem it at once, exactly `uses_left` of them MUST succeed. A
    /// person who took the last use less than [`REPEATABLE`] ago takes no further one. MUST be durable after success.
    async fn redeem(&self, kind: TokenKind, hash: &TokenHash, by: &PersonId, now: Timestamp) -> Result<Redemption>;

    /// Returns a token, also when it is used up, expired or revoked; `None` if it is unknown.
    async fn find(&self, kind: TokenKind, hash: &TokenHash) -> Result<Option<Token>>;

    /// Revokes a token. Returns whether it is stored. A second call keeps the time of the first one.
    async fn revoke(&self, kind: TokenKind, hash: &TokenHash, now: Timestamp) -> Result<bool>;

    /// Returns up to `limit` stored tokens of a kind, newest first, with those that are used up, revoked, or expired less than
    /// [`REMEMBERED`] ago. If more than [`LISTED`] are stored, any of them may be missing.
    async fn list(&self, kind: TokenKind, limit: usize, now: Timestamp) -> Result<Vec<Token>>;

    /// Returns up to `limit` of the stored tokens of a kind that lead to a room, as [`list`](Self::list). Tokens of other rooms do not matter,
    /// however many there are.
    async fn list_of_room(&self, kind: TokenKind, room: &RoomName, limit: usize, now: Timestamp) -> Result<Vec<Token>>;
}

/// Sorts the tokens of a list newest first, without those that are to be forgotten, and cuts it.
pub fn newest_first(mut tokens: Vec<Token>, limit: usize, now: Timestamp) -> Vec<Token> {
    tokens.retain(|token| token.forgotten_at() > now);
    tokens.sort_by_key(|token| Reverse((token.created_at, token.hash)));
    tokens.truncate(limit);
    tokens
}
