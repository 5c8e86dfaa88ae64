//! Links with a one-use token after their `#`: invitations to the chat and to private rooms, and links to another device.
//!
//! A token's payload is signed like a cookie, for its purpose and for the access policy. So a token is void under another policy, as
//! everybody's cookie is: who changes the passphrase also ends the invitations.

pub mod device_links;
pub mod invitations;
pub mod room_invitations;

use std::{net::IpAddr, sync::Arc, time::Duration};

use serde::Serialize;
use shared_types::{Person, PersonId, RoomName, Timestamp};

use crate::{
    access::{
        rate_limit::{RateError, RateLimiter, TooFast},
        room_membership::RoomMembership,
        sessions::{Session, Sessions, signing::Purpose},
        token_secret::TokenSecret,
    },
    moderation::restrictions::RestrictionStore,
    ports::{
        Unavailable,
        connections::AddressKey,
        system::Entropy,
        tokens::{Redemption, Token, TokenKind, TokenPayload, TokenState, Tokens},
    },
};

/// Lifetime of a [visitor pass](AccessLinks::visitor_pass): a form that was open for longer is sent as a new visitor's.
const VISITOR_LIFE: Duration = Duration::from_secs(60 * 60);

/// Makes links and redeems them.
#[derive(Clone)]
pub struct AccessLinks {
    /// The tokens.
    pub tokens: Arc<dyn Tokens>,
    /// Signs what a token carries; knows the access policy.
    pub sessions: Sessions,
    /// The banned people and addresses, and the clock.
    pub restriction_store: RestrictionStore,
    /// The members of private rooms.
    pub membership: RoomMembership,
    /// Limits the attempts of an address, and the links of a person.
    pub rate: RateLimiter,
    /// The source of randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// Why a link was not made or not redeemed. Its `Display` is for the log.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The text is no token, or the token is not stored, or of another kind.
    #[error("the token is unknown")]
    Unknown,
    /// All uses of the token are taken.
    #[error("the token is used up")]
    UsedUp,
    /// The time of the token is over.
    #[error("the token has expired")]
    Expired,
    /// A moderator revoked the token, or the access policy has changed.
    #[error("the token is revoked")]
    Revoked,
    /// The chat has no such links in its access mode, or the person may not make them.
    #[error("not allowed")]
    NotAllowed,
    /// The room of the invitation is a direct message, which keeps its people.
    #[error("nobody is invited to a direct message")]
    Direct,
    /// The room of the invitation, or the list of the person's rooms, is full.
    #[error("the room or the person's list of rooms is full")]
    RoomFull,
    /// The rate limit is exceeded.
    #[error(transparent)]
    TooOften(TooFast),
    /// The person or the address is banned.
    #[error("a moderator banned this person or address")]
    Banned {
        /// End of the ban.
        until: Timestamp,
    },
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<RateError> for LinkError {
    fn from(error: RateError) -> Self {
        match error {
            RateError::TooFast(too_fast) => Self::TooOften(too_fast),
            RateError::Unavailable(cause) => Self::Unavailable(cause),
        }
    }
}

impl AccessLinks {
    /// Returns a visitor pass: the signed id of a new guest, for a form that redeems a token. A form that is sent twice is then the same
    /// visitor's, and takes one use.
    pub fn visitor_pass(&self) -> String {
        self.sessions.sign(Purpose::Visitor, &self.sessions.new_guest(), VISITOR_LIFE)
    }

    /// Returns the guest of a visitor pass; a new one if the pass is missing or invalid.
    pub async fn visitor(&self, pass: Option<&str>) -> Session {
        let read = async { self.sessions.read::<Session>(Purpose::Visitor, pass?).await.ok() };
        match read.await {
            // A form that is sent twice signs in one device.
            Some(Session { id, device, .. }) => Session { device, ..self.sessions.guest(id) },
            None => self.sessions.new_guest(),
        }
    }

    /// Counts a request of a person for a link, or for the list of them, and checks that they are not banned.
    pub(super) async fn check_request(&self, by: &Person, addresses: &[AddressKey]) -> Result<(), LinkError> {
        self.rate.link_request(&by.id).await?;
        self.check_not_banned(by, addresses).await
    }

    /// Checks that neither a person nor their address is banned.
    pub(super) async fn check_not_banned(&self, by: &Person, addresses: &[AddressKey]) -> Result<(), LinkError> {
        match self.restriction_store.banned_until(by, addresses).await? {
            Some(until) => Err(LinkError::Banned { until }),
            None => Ok(()),
        }
    }

    /// Counts an attempt to redeem a token, and checks that the address is not banned. A banned address does not learn whether the token
    /// was valid, and takes no use.
    pub(super) async fn check_attempt(&self, address: Option<IpAddr>) -> Result<Vec<AddressKey>, LinkError> {
        let addresses = address.map(|address| self.sessions.address_keys(address)).unwrap_or_default();
        self.rate.token_attempt(addresses.first()).await?;
        match self.restriction_store.banned_from(&addresses).await? {
            Some(until) => Err(LinkError::Banned { until }),
            None => Ok(addresses),
        }
    }

    /// Stores a token with signed content. Returns its text.
    pub(super) async fn create<T: Serialize>(&self, new: NewToken<'_, T>) -> Result<String, LinkError> {
        let NewToken { kind, purpose, content, by, life, uses, room } = new;
        let secret = TokenSecret::random(self.entropy.as_ref());
        let payload = self.sessions.sign(purpose, content, life);
        let payload = TokenPayload::try_from(payload).map_err(Unavailable::while_doing("making a token"))?;
        let now = self.restriction_store.clock.now();
        let token = Token {
            kind,
            hash: secret.hash(),
            created_at: now,
            created_by: Some(by.clone()),
            expires_at: now + life,
            uses_left: uses,
            payload,
            room: room.cloned(),
            revoked_at: None,
            last_redeemed_by: None,
            last_redeemed_at: None,
        };
        self.tokens.create(&token).await?;
        Ok(secret.to_text())
    }

    /// Takes a use of a token for a visitor. Returns the stored token.
    pub(super) async fn redeem(&self, kind: TokenKind, text: &str, visitor: &PersonId) -> Result<Token, LinkError> {
        let secret: TokenSecret = text.parse().map_err(|_| LinkError::Unknown)?;
        let now = self.restriction_store.clock.now();
        match self.tokens.redeem(kind, &secret.hash(), visitor, now).await? {
            Redemption::Redeemed(token) => Ok(token),
            Redemption::UsedUp => Err(LinkError::UsedUp),
            Redemption::Expired => Err(LinkError::Expired),
            Redemption::Revoked => Err(LinkError::Revoked),
            Redemption::Unknown => Err(LinkError::Unknown),
        }
    }

    /// Returns a token that can be redeemed, without taking a use.
    async fn find(&self, kind: TokenKind, text: &str) -> Result<Token, LinkError> {
        let secret: TokenSecret = text.parse().map_err(|_| LinkError::Unknown)?;
        let token = self.tokens.find(kind, &secret.hash()).await?.ok_or(LinkError::Unknown)?;
        match token.state(self.restriction_store.clock.now()) {
            TokenState::Usable => Ok(token),
            TokenState::UsedUp => Err(LinkError::UsedUp),
            TokenState::Expired => Err(LinkError::Expired),
            TokenState::Revoked => Err(LinkError::Revoked),
        }
    }
}

/// A token to make.
pub(super) struct NewToken<'a, T> {
    pub(super) kind: TokenKind,
    pub(super) purpose: Purpose,
    /// What it carries, which is signed.
    pub(super) content: &'a T,
    pub(super) by: &'a PersonId,
    pub(super) life: Duration,
    pub(super) uses: u32,
    /// The private room to which it leads, if it does.
    pub(super) room: Option<&'a RoomName>,
}
