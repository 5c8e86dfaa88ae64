//! Links to another device: they sign another browser in as the same person.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use shared_types::{AccessMode, Person, PersonId, PersonName, limits};

use super::{AccessLinks, LinkError, NewToken};
use crate::{
    access::sessions::{Session, signing::Purpose},
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
}

impl AccessLinks {
    /// Returns whether the chat has links to other devices. With OpenID Connect people sign in there with their account.
    pub fn has_device_links(&self) -> bool {
        self.sessions.access_policy().access != AccessMode::Oidc
    }

    /// Makes a link for a person, for one use. Returns its token.
    ///
    /// # Errors
    ///
    /// [`LinkError`] gives the reason.
    pub async fn link_device(&self, by: &Person, addresses: &[AddressKey]) -> Result<String, LinkError> {
        if !self.has_device_links() {
            return Err(LinkError::NotAllowed);
        }
        self.check_request(by, addresses).await?;
        let content = Content { id: by.id.clone(), name: by.name.clone() };
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
        Ok(self.signed_in(&token).await?.1)
    }

    /// Takes the use of a link. Returns the session of its person, and the person. `visitor` tells a repeated request from another
    /// browser's.
    ///
    /// # Errors
    ///
    /// [`LinkError`] gives the reason.
    pub async fn use_device_link(
        &self,
        text: &str,
        visitor: &PersonId,
        address: Option<IpAddr>,
    ) -> Result<(Session, Person), LinkError> {
        self.check_attempt(address).await?;
        let token = self.redeem(TokenKind::DeviceLink, text, visitor).await?;
        self.signed_in(&token).await
    }

    /// Returns the session and the person of a token.
    async fn signed_in(&self, token: &Token) -> Result<(Session, Person), LinkError> {
        let content = self.sessions.read(Purpose::DeviceLink, token.payload.as_str()).await;
        // Signed under another access policy.
        let Content { id, name } = content.map_err(|_| LinkError::Revoked)?;
        let session = self.sessions.guest(id);
        let person = session.person(Some(name));
        // A ban of the address was checked before.
        match self.restriction_store.banned_until(&person, &[]).await? {
            Some(until) => Err(LinkError::Banned { until }),
            None => Ok((session, person)),
        }
    }
}
