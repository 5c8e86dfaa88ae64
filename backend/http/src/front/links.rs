//! What the routes of invitations and of links to other devices share.

use chat::{
    access::links::LinkError,
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
    /// The keys of the address.
    pub(crate) addresses: Vec<AddressKey>,
}

impl FrontHandler {
    /// Returns the visitor of a request; `None` without a valid session cookie.
    pub(crate) async fn asker(&self, request: &FrontRequest) -> Option<Asker> {
        let sessions = &self.front_page.sessions;
        let session = sessions.session(request.session_cookie()).await?;
        let addresses = request.address.map(|address| sessions.address_keys(address)).unwrap_or_default();
        Some(Asker { person: session.person(cookies::person_name(request.cookies())), addresses })
    }

    /// Returns the HTTP status and the problem of a failed attempt, or the end of a ban.
    pub(crate) fn link_problem(&self, error: LinkError) -> Result<std::result::Result<(u16, LinkProblem), Timestamp>> {
        match error {
            LinkError::Banned { until } => Ok(Err(until)),
            error => link_failure(error).map(Ok),
        }
    }
}
