//! Invitations: links that let people in without the passphrase.

use std::{fmt, str::FromStr, time::Duration};

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{
    Person, Timestamp,
    checked::{json_of_number, json_of_text},
    limits::{INVITATION_LIFE, INVITATION_USES},
    server_message::is_false,
};

/// Number of characters of an [`InvitationId`].
const ID_CHARS: usize = 64;

/// Names an invitation: the hash of its token, 64 hexadecimal digits in lower case. Nobody can enter with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InvitationId(String);

impl InvitationId {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for InvitationId {
    type Err = InvitationError;

    fn from_str(text: &str) -> Result<Self, InvitationError> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == ID_CHARS && text.bytes().all(is_digit) {
            Ok(Self(text.into()))
        } else {
            Err(InvitationError::Id)
        }
    }
}

json_of_text!(InvitationId);

/// Number of people that an invitation lets in: 1 to [`INVITATION_USES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvitationUses(u32);

impl InvitationUses {
    /// Returns the number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u64> for InvitationUses {
    type Error = InvitationError;

    fn try_from(uses: u64) -> Result<Self, InvitationError> {
        let uses = u32::try_from(uses).map_err(|_| InvitationError::Uses)?;
        if (1..=INVITATION_USES).contains(&uses) { Ok(Self(uses)) } else { Err(InvitationError::Uses) }
    }
}

json_of_number!(InvitationUses);

/// Lifetime of an invitation in seconds: one minute to [`INVITATION_LIFE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvitationSeconds(u32);

impl InvitationSeconds {
    /// Returns the number.
    pub fn get(self) -> u32 {
        self.0
    }

    /// Returns the lifetime.
    pub fn duration(self) -> Duration {
        Duration::from_secs(self.0.into())
    }
}

impl TryFrom<u64> for InvitationSeconds {
    type Error = InvitationError;

    fn try_from(seconds: u64) -> Result<Self, InvitationError> {
        if !(60..=INVITATION_LIFE.as_secs()).contains(&seconds) {
            return Err(InvitationError::Life);
        }
        u32::try_from(seconds).map(Self).map_err(|_| InvitationError::Life)
    }
}

json_of_number!(InvitationSeconds);

/// Error: a value of an invitation is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationError {
    /// The text is not an [`InvitationId`].
    Id,
    /// The number is not an [`InvitationUses`].
    Uses,
    /// The number is not an [`InvitationSeconds`].
    Life,
}

impl fmt::Display for InvitationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id => write!(f, "an invitation is named by {ID_CHARS} hexadecimal digits in lower case"),
            Self::Uses => write!(f, "an invitation lets 1 to {INVITATION_USES} people in"),
            Self::Life => write!(f, "an invitation is valid for 60 to {} seconds", INVITATION_LIFE.as_secs()),
        }
    }
}

impl std::error::Error for InvitationError {}

/// An invitation as moderators see it. Its token is shown only once, when it is made.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// Names it.
    pub id: InvitationId,
    /// The moderator who made it, with the name that they had then.
    pub by: Person,
    /// Time when it was made.
    pub created_at: Timestamp,
    /// Time from which on it lets nobody in.
    pub expires_at: Timestamp,
    /// Number of people that it lets in.
    pub uses: u32,
    /// Number of people that it still lets in.
    pub uses_left: u32,
    /// Whether a moderator revoked it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub revoked: bool,
}

/// The answer to `GET` and `POST /invitations`.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct InvitationList {
    /// The invitations, newest first, at most [`crate::limits::INVITATIONS`].
    pub invitations: Vec<Invitation>,
    /// The token of the invitation that this request made: the link is `/invite#` and the token. It cannot be read again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// A new link to another device, or an invitation to a private room; the answer to `POST /device-links` and `POST /room-invitations`.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct DeviceLink {
    /// The token: the link is `/device#` or `/join#` and the token.
    pub token: String,
    /// Number of seconds for which it is valid.
    pub seconds: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_has_a_bounded_life_and_number_of_uses() {
        for (uses, is_allowed) in [(0, false), (1, true), (50, true), (51, false), (u64::MAX, false)] {
            assert_eq!(InvitationUses::try_from(uses).is_ok(), is_allowed, "{uses}");
        }
        let month = 30 * 24 * 60 * 60;
        for (seconds, is_allowed) in [(0, false), (59, false), (60, true), (month, true), (month + 1, false)] {
            assert_eq!(InvitationSeconds::try_from(seconds).is_ok(), is_allowed, "{seconds}");
        }
    }

    #[test]
    fn an_invitation_is_named_by_a_hash() {
        assert_eq!("0f".repeat(32).parse::<InvitationId>().unwrap().as_str(), "0f".repeat(32));
        for text in ["", "0f", &"0F".repeat(32), &"0f".repeat(33), &"é".repeat(32)] {
            assert_eq!(text.parse::<InvitationId>(), Err(InvitationError::Id), "{text}");
        }
    }
}
