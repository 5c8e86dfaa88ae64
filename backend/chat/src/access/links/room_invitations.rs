//! Invitations to private rooms: links that make one person a member. Every member makes them.
//!
//! An invitation is for one person, and is void when its maker is no member any more. So a person who was removed does not come back with
//! a link that they made or used.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use shared_types::{Person, RoomName, limits};

use super::{AccessLinks, LinkError, NewToken};
use crate::{
    access::{room_membership::MembershipError, sessions::signing::Purpose},
    ports::{connections::AddressKey, tokens::TokenKind},
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
        self.create(NewToken { kind, purpose, content: &content, by: &by.id, life, uses: 1 }).await
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
                | MembershipError::DirectLeave
                | MembershipError::DirectPeople
                | MembershipError::DirectYourself
                | MembershipError::DirectUnknown
                | MembershipError::DirectBanned,
            ) => Err(LinkError::Revoked),
        }
    }
}
