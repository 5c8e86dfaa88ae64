//! Links to another device: they sign another browser in as the same person.

use std::net::IpAddr;

use futures::future::try_join;
use serde::{Deserialize, Serialize};
use shared_types::{AccessMode, DeviceId, Person, PersonId, PersonName, Timestamp, limits};

use super::{AccessLinks, LinkError, NewToken};
use crate::{
    access::sessions::{Session, SessionDevice, signing::Purpose},
    ports::{
        connections::AddressKey,
        tokens::{Token, TokenKind},
    },
};

/// What the token of a link to another device carries, signed.
#[derive(Serialize, Deserialize)]
struct Content {
    /// The person.
    id: PersonId,
    /// Their name when they made the link.
    name: PersonName,
    /// The device that made the link, and when it was signed in; `None` in a link of an older version, or of a session without a device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<(DeviceId, Timestamp)>,
    /// When the link was made; 0 in one of an older version.
    #[serde(default)]
    made: Timestamp,
}

impl AccessLinks {
    /// Returns whether the chat has links to other devices. With OpenID Connect people sign in there with their account.
    pub fn has_device_links(&self) -> bool {
        self.sessions.access_policy().access != AccessMode::Oidc
    }

    /// Makes a link for a person, for one use. `device` is the one that asks: when it is signed out, the link is void. Returns the token.
    ///
    /// # Errors
    ///
    /// [`LinkError`] gives the reason.
    pub async fn link_device(
        &self,
        by: &Person,
        device: Option<&SessionDevice>,
        addresses: &[AddressKey],
    ) -> Result<String, LinkError> {
        if !self.has_device_links() {
            return Err(LinkError::NotAllowed);
        }
        self.check_request(by, addresses).await?;
        let device = device.map(|device| (device.id.clone(), device.since));
        let made = self.restriction_store.clock.now();
        let content = Content { id: by.id.clone(), name: by.name.clone(), device, made };
        let (kind, purpose, life) = (TokenKind::DeviceLink, Purpose::DeviceLink, limits::DEVICE_LINK_LIFE);
        self.create(NewToken { kind, purpose, content: &content, by: &by.id, life, uses: 1, room: None }).await
    }

    /// Returns the person that a link signs in, without taking its use, so that the visitor can be asked. It counts against the rate
    /// limit of attempts.
    ///
    /// # Errors
    ///
    /// [`LinkError`] gives the reason.
    pub async fn person_of_device_link(&self, text: &str, address: Option<IpAddr>) -> Result<Person, LinkError> {
        self.check_attempt(address).await?;
        let token = self.find(TokenKind::DeviceLink, text).await?;
        let visitor = self.sessions.new_guest();
        Ok(self.signed_in(&token, &visitor).await?.1)
    }

    /// Takes the use of a link. Returns the session of its person on the device of the visitor, and the person. `visitor` tells a repeated
    /// request from another browser's: it signs in the same device again, unless that is signed out by then.
    ///
    /// # Errors
    ///
    /// [`LinkError`] gives the reason.
    pub async fn use_device_link(
        &self,
        text: &str,
        visitor: &Session,
        address: Option<IpAddr>,
    ) -> Result<(Session, Person), LinkError> {
        self.check_attempt(address).await?;
        let token = self.redeem(TokenKind::DeviceLink, text, &visitor.id).await?;
        self.signed_in(&token, visitor).await
    }

    /// Returns the session of a token's person on the device of the visitor, and the person. A link is void if the device that made it is
    /// signed out, or all others were signed out since: otherwise somebody with a copy of a cookie could come back with it.
    async fn signed_in(&self, token: &Token, visitor: &Session) -> Result<(Session, Person), LinkError> {
        let content = self.sessions.read(Purpose::DeviceLink, token.payload.as_str()).await;
        // Signed under another access policy.
        let Content { id, name, device, made } = content.map_err(|_| LinkError::Revoked)?;
        let session = self.sessions.guest(id);
        let session = Session { device: visitor.device.clone().or(session.device), ..session };
        let person = session.person(Some(name));
        let (store, now) = (&self.restriction_store, self.restriction_store.clock.now());
        // A ban of the address was checked before.
        let reads = try_join(store.banned_until(&person, &[]), store.moderation.sign_outs(&person.id));
        let (banned, sign_outs) = reads.await?;
        if let Some(until) = banned {
            return Err(LinkError::Banned { until });
        }
        let issuer = device.as_ref().map(|(id, since)| (id, *since));
        if sign_outs.concern_link(issuer, made, now) || session.is_signed_out(&sign_outs, now) {
            return Err(LinkError::Revoked);
        }
        Ok((session, person))
    }
}
