//! Invitations to private rooms: links that make one person a member. Every member makes them; hosts list and revoke them.
//!
//! An invitation is for one person, and is void when its maker is no member any more. So a person who was removed does not come back with
//! a link that they made or used.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use shared_types::{Appearance, Invitation, InvitationId, Person, PersonId, RoomMember, RoomName, limits};

use super::{AccessLinks, LinkError, NewToken};
use crate::{
    access::{room_membership::MembershipError, sessions::signing::Purpose},
    ports::{
        Unavailable,
        connections::AddressKey,
        tokens::{Token, TokenKind},
    },
};

/// What the token of an invitation carries, signed.
#[derive(Serialize, Deserialize)]
struct Content {
    /// The room.
    room: RoomName,
}

impl AccessLinks {
    /// Makes an invitation to a private room for a member, for one person. Returns its token, which cannot be read again.
    ///
    /// # Errors
    ///
    /// [`LinkError`] gives the reason. It is the same for a room that does not exist.
    pub async fn invite_to_room(
        &self,
        by: &Person,
        addresses: &[AddressKey],
        room: &RoomName,
    ) -> Result<String, LinkError> {
        self.check_request(by, addresses).await?;
        if !room.is_private() || !self.membership.may_enter(room, &by.id).await? {
            return Err(LinkError::NotAllowed);
        }
        if room.is_direct() {
            return Err(LinkError::Direct);
        }
        let content = Content { room: room.clone() };
        let (kind, purpose, life) = (TokenKind::RoomInvitation, Purpose::RoomInvitation, limits::ROOM_INVITATION_LIFE);
        self.create(NewToken { kind, purpose, content: &content, by: &by.id, life, uses: 1, room: Some(room) }).await
    }

    /// Returns the newest invitations to a private room for one of its hosts, with those that let nobody in any more. Those of people who
    /// are no members any more are void, and are left out.
    ///
    /// # Errors
    ///
    /// [`LinkError`] gives the reason. It is the same for a room that does not exist.
    pub async fn room_invitations(
        &self,
        by: &Person,
        addresses: &[AddressKey],
        room: &RoomName,
    ) -> Result<Vec<Invitation>, LinkError> {
        self.check_request(by, addresses).await?;
        let members = self.members_for_host(room, &by.id).await?;
        self.listed_of_room(room, &members).await
    }

    /// Revokes an invitation to a private room for one of its hosts, and returns the invitations.
    ///
    /// # Errors
    ///
    /// [`LinkError`] gives the reason.
    pub async fn revoke_room_invitation(
        &self,
        by: &Person,
        addresses: &[AddressKey],
        room: &RoomName,
        invitation: &InvitationId,
    ) -> Result<Vec<Invitation>, LinkError> {
        self.check_request(by, addresses).await?;
        let members = self.members_for_host(room, &by.id).await?;
        let hash = invitation.as_str().parse().map_err(Unavailable::while_doing("reading the id of an invitation"))?;
        let (kind, now) = (TokenKind::RoomInvitation, self.restriction_store.clock.now());
        // A host of one room does not revoke the invitation of another one.
        let found = self.tokens.find(kind, &hash).await?.filter(|token| token.room.as_ref() == Some(room));
        found.ok_or(LinkError::Unknown)?;
        self.tokens.revoke(kind, &hash, now).await?;
        self.listed_of_room(room, &members).await
    }

    /// Returns the members of a private room for one of its hosts.
    async fn members_for_host(&self, room: &RoomName, person: &PersonId) -> Result<Vec<RoomMember>, LinkError> {
        match self.membership.list(room).await {
            Ok(members) if members.iter().any(|member| member.host && member.person == *person) => Ok(members),
            Err(MembershipError::Unavailable(cause)) => Err(cause.into()),
            Ok(_) | Err(_) => Err(LinkError::NotAllowed),
        }
    }

    async fn listed_of_room(&self, room: &RoomName, members: &[RoomMember]) -> Result<Vec<Invitation>, LinkError> {
        let now = self.restriction_store.clock.now();
        let tokens = self.tokens.list_of_room(TokenKind::RoomInvitation, room, limits::INVITATIONS, now).await?;
        let listed = |token: Token| {
            let maker = token.created_by?;
            let name = members.iter().find(|member| member.person == maker)?.name.clone();
            // Without a name the id is shown.
            let name = name.or_else(|| maker.as_str().parse().ok())?;
            Some(Invitation {
                id: token.hash.to_string().parse().ok()?,
                by: Person { id: maker, name, moderator: false, appearance: Appearance::NONE },
                created_at: token.created_at,
                expires_at: token.expires_at,
                uses: 1,
                uses_left: token.uses_left,
                revoked: token.revoked_at.is_some(),
            })
        };
        Ok(tokens.into_iter().filter(|token| token.expires_at > now).filter_map(listed).collect())
    }

    /// Makes a person a member of the room of an invitation, which takes its use. Returns the room. Every attempt counts against the rate
    /// limit.
    ///
    /// # Errors
    ///
    /// [`LinkError`] gives the reason.
    pub async fn accept_room_invitation(
        &self,
        text: &str,
        person: &Person,
        address: Option<IpAddr>,
    ) -> Result<RoomName, LinkError> {
        self.check_attempt(address).await?;
        if let Some(until) = self.restriction_store.banned_until(person, &[]).await? {
            return Err(LinkError::Banned { until });
        }
        let token = self.redeem(TokenKind::RoomInvitation, text, &person.id).await?;
        // Signed under another access policy.
        let content = self.sessions.read(Purpose::RoomInvitation, token.payload.as_str()).await;
        let Content { room } = content.map_err(|_| LinkError::Revoked)?;
        let invited_by = token.created_by.ok_or(LinkError::Unknown)?;
        let now = self.restriction_store.clock.now();
        match self.membership.accept(&room, &invited_by, person, now).await {
            Ok(()) => Ok(room),
            Err(MembershipError::RoomFull | MembershipError::TooManyRooms) => Err(LinkError::RoomFull),
            Err(MembershipError::Unavailable(cause)) => Err(cause.into()),
            Err(MembershipError::Direct) => Err(LinkError::Direct),
            Err(
                MembershipError::NoSuchRoom
                | MembershipError::Open
                | MembershipError::HostsOnly
                | MembershipError::DirectPeople
                | MembershipError::DirectYourself
                | MembershipError::DirectUnknown,
            ) => Err(LinkError::Revoked),
        }
    }
}
