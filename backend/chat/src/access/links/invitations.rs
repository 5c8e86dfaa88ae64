//! Invitations: links that let people in without the passphrase. Moderators make, list and revoke them.

use std::net::IpAddr;

use futures::future::join_all;
use serde::{Deserialize, Serialize};
use shared_types::{
    AccessMode, Appearance, Invitation, InvitationId, InvitationSeconds, InvitationUses, Person, PersonName, limits,
};

use super::{AccessLinks, LinkError, NewToken};
use crate::{
    access::sessions::{Session, signing::Purpose},
    ports::{
        Result as PortResult, Unavailable,
        connections::AddressKey,
        tokens::{Token, TokenKind},
    },
};

/// What the token of an invitation carries, signed.
#[derive(Serialize, Deserialize)]
struct Content {
    /// The name of the moderator who made it.
    name: PersonName,
    /// Number of people that it lets in.
    uses: u32,
}

impl AccessLinks {
    /// Returns whether the chat has invitations: only where there is a passphrase. An open chat needs none, and with OpenID Connect the
    /// provider decides who gets in.
    pub fn has_invitations(&self) -> bool {
        self.sessions.access_policy().access == AccessMode::Passphrase
    }

    /// Makes an invitation for a moderator. Returns its token, which cannot be read again.
    ///
    /// # Errors
    ///
    /// [`LinkError`] gives the reason.
    pub async fn invite(
        &self,
        by: &Person,
        addresses: &[AddressKey],
        life: InvitationSeconds,
        uses: InvitationUses,
    ) -> Result<String, LinkError> {
        self.check_moderator(by, addresses).await?;
        let content = Content { name: by.name.clone(), uses: uses.get() };
        let (kind, purpose, life) = (TokenKind::Invitation, Purpose::Invitation, life.duration());
        self.create(NewToken { kind, purpose, content: &content, by: &by.id, life, uses: uses.get(), room: None }).await
    }

    /// Returns the newest invitations for a moderator, with those that let nobody in any more.
    ///
    /// # Errors
    ///
    /// [`LinkError`] gives the reason.
    pub async fn invitations(&self, by: &Person, addresses: &[AddressKey]) -> Result<Vec<Invitation>, LinkError> {
        self.check_moderator(by, addresses).await?;
        Ok(self.listed().await?)
    }

    /// Returns the newest invitations, after a moderator made or revoked one.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn listed(&self) -> PortResult<Vec<Invitation>> {
        let now = self.restriction_store.clock.now();
        let tokens = self.tokens.list(TokenKind::Invitation, limits::INVITATIONS, now).await?;
        let read = join_all(tokens.into_iter().map(|token| self.described(token))).await;
        Ok(read.into_iter().flatten().collect())
    }

    /// Revokes an invitation for a moderator. Nobody can enter with it any more; those who did stay.
    ///
    /// # Errors
    ///
    /// [`LinkError`] gives the reason.
    pub async fn revoke_invitation(
        &self,
        by: &Person,
        addresses: &[AddressKey],
        invitation: &InvitationId,
    ) -> Result<(), LinkError> {
        self.check_moderator(by, addresses).await?;
        let hash = invitation.as_str().parse().map_err(Unavailable::while_doing("reading the id of an invitation"))?;
        let now = self.restriction_store.clock.now();
        if self.tokens.revoke(TokenKind::Invitation, &hash, now).await? { Ok(()) } else { Err(LinkError::Unknown) }
    }

    /// Lets a visitor in with the token of an invitation, which takes one use. Every attempt counts against the rate limit.
    ///
    /// # Errors
    ///
    /// [`LinkError`] gives the reason.
    pub async fn accept_invitation(
        &self,
        text: &str,
        visitor: Session,
        address: Option<IpAddr>,
    ) -> Result<Session, LinkError> {
        self.check_attempt(address).await?;
        let token = self.redeem(TokenKind::Invitation, text, &visitor.id).await?;
        // Signed under another access policy: the passphrase has been changed since.
        self.content(&token).await.ok_or(LinkError::Revoked)?;
        Ok(visitor)
    }

    async fn check_moderator(&self, by: &Person, addresses: &[AddressKey]) -> Result<(), LinkError> {
        if !by.moderator || !self.has_invitations() {
            return Err(LinkError::NotAllowed);
        }
        self.check_request(by, addresses).await
    }

    async fn content(&self, token: &Token) -> Option<Content> {
        self.sessions.read(Purpose::Invitation, token.payload.as_str()).await.ok()
    }

    /// Returns an invitation as moderators see it; `None` if it belongs to another access policy.
    async fn described(&self, token: Token) -> Option<Invitation> {
        let now = self.restriction_store.clock.now();
        // The signature of an expired one has expired, too.
        let content = if token.expires_at > now { self.content(&token).await } else { None };
        let Content { name, uses } = content?;
        Some(Invitation {
            id: token.hash.to_string().parse().ok()?,
            by: Person { id: token.created_by?, name, moderator: true, appearance: Appearance::NONE },
            created_at: token.created_at,
            expires_at: token.expires_at,
            uses,
            uses_left: token.uses_left,
            revoked: token.revoked_at.is_some(),
        })
    }
}
