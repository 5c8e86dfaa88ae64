//! What the routes of invitations and of links to other devices share.

use chat::{
    access::{links::LinkError, sessions::SessionDevice},
    front_page::FrontPage,
    ports::{Result, connections::AddressKey},
};
use frontend::ssr::link_page::LinkProblem;
use shared_types::{Person, Timestamp};

use crate::{
    answers::link_failure,
    cookies,
    front::{FrontHandler, FrontRequest},
};

/// The visitor of a request.
pub(crate) struct Asker {
    /// The person of the session cookie.
    pub(crate) person: Person,
    /// The device of the session cookie.
    pub(crate) device: Option<SessionDevice>,
    /// The keys of the address.
    pub(crate) addresses: Vec<AddressKey>,
}

impl FrontHandler {
    /// Returns the visitor of a request, who is a moderator also by a stored role; `None` without a valid
    /// session cookie, and if the device is signed out.
    pub(crate) async fn asker(&self, request: &FrontRequest) -> Result<Option<Asker>> {
        let FrontPage { sessions, restriction_store, .. } = &self.front_page;
        let Some(session) = self.session(request).await? else { return Ok(None) };
        let addresses = request.address.map(|address| sessions.address_keys(address)).unwrap_or_default();
        let mut person = session.person(cookies::person_name(request.cookies()));
        person.moderator |= restriction_store.moderation.role(&person.id).await?.moderates();
        Ok(Some(Asker { person, device: session.device, addresses }))
    }

    /// Returns the HTTP status and the problem of a failed attempt, or the end of a ban.
    pub(crate) fn link_problem(&self, error: LinkError) -> Result<std::result::Result<(u16, LinkProblem), Timestamp>> {
        match error {
            LinkError::Banned { until } => Ok(Err(until)),
            error => link_failure(error).map(Ok),
        }
    }
}
