//! `GET /`, `GET /r/{room}` and `GET /state/{room}`: the page of a room, and its state as JSON.

use std::time::Duration;

use chat::{
    front_page::{GivenSession, PageVisitor, Visit},
    ports::Result,
};
use frontend::ssr::{self, sign_in_page::SignInProblem};
use serde_json::json;
use shared_types::{Language, RoomName, Timestamp};

use crate::{
    answers::FrontAnswer,
    cookies,
    front::{FrontHandler, FrontRequest},
};

impl FrontHandler {
    /// Answers with the page of a room, with the sign-in page to visitors who have to sign in first, with 403 and the end of the ban to
    /// banned ones, or with 404 to those who are no members of a private room, whether or not it exists.
    pub(crate) async fn room_page(
        &self,
        room: &RoomName,
        request: &FrontRequest,
        language: Language,
    ) -> Result<FrontAnswer> {
        let visit = match self.visit(room, request, language).await? {
            Visit::Room(visit) => visit,
            Visit::SignInFirst { is_signed_out } => {
                return self.sign_in_first(room, is_signed_out, request, language).await;
            }
            Visit::NoSuchRoom(session) => {
                let answer = self.html(404, request, |template| ssr::no_such_room_page(template, language)).await?;
                return Ok(FrontAnswer { set_cookies: self.visit_cookies(&session, request), ..answer });
            }
        };
        let set_cookies = self.visit_cookies(&visit.session, request);
        let answer = match visit.state.restrictions.banned_until {
            Some(until) => self.banned_page(403, until, request, language).await?,
            None => self.room_html(visit.state, visit.icon, request).await?,
        };
        Ok(FrontAnswer { set_cookies, ..answer })
    }

    /// Answers with the state of a room. Visitors who have to sign in first get 401 and the access mode; banned ones get 403 and
    /// the end of the ban, without the messages of the room. Those who are no members of a private room get 404, whether or not it exists.
    pub(crate) async fn room_state(
        &self,
        room: &RoomName,
        request: &FrontRequest,
        language: Language,
    ) -> Result<FrontAnswer> {
        let visit = match self.visit(room, request, language).await? {
            Visit::Room(visit) => visit,
            Visit::SignInFirst { .. } => {
                return FrontAnswer::json(401, &json!({ "access": self.access() }), request.secure);
            }
            Visit::NoSuchRoom(session) => {
                let answer = FrontAnswer::json(404, &json!({ "room": null }), request.secure)?;
                return Ok(FrontAnswer { set_cookies: self.visit_cookies(&session, request), ..answer });
            }
        };
        let restrictions = &visit.state.restrictions;
        let answer = match restrictions.banned_until {
            Some(_) => FrontAnswer::json(403, &json!({ "standing": restrictions }), request.secure)?,
            None => FrontAnswer::json(200, &visit.state, request.secure)?,
        };
        let set_cookies = self.visit_cookies(&visit.session, request);
        Ok(FrontAnswer { set_cookies, ..answer })
    }

    pub(super) async fn visit(&self, room: &RoomName, request: &FrontRequest, language: Language) -> Result<Visit> {
        let name = cookies::person_name(request.cookies());
        let sessions = &self.front_page.sessions;
        let addresses = request.address.map(|address| sessions.address_keys(address)).unwrap_or_default();
        let (cookie, user_agent) = (request.session_cookie(), request.user_agent.as_deref());
        let visitor = PageVisitor { cookie, name, addresses: &addresses, user_agent };
        self.front_page.visit(room, &visitor, language).await
    }

    /// Returns the cookies to set after a visit. On a signed-out device they also remove the name of the person before, and tell the pages of
    /// the browser who the new guest is.
    pub(super) fn visit_cookies(&self, session: &GivenSession, request: &FrontRequest) -> Vec<String> {
        let GivenSession { cookie, new_guest } = session;
        let session = cookie.as_ref().map(|cookie| self.set_session_cookie(cookie, request));
        let name = new_guest.as_ref().map(|_| remove_person_name(request));
        let told = new_guest.as_ref().map(|guest| cookies::set_new_guest(guest, request.secure));
        session.into_iter().chain(name).chain(told).collect()
    }

    /// Answers with the sign-in page. On a signed-out device it says so, and the name of the person before is removed.
    pub(super) async fn sign_in_first(
        &self,
        room: &RoomName,
        is_signed_out: bool,
        request: &FrontRequest,
        language: Language,
    ) -> Result<FrontAnswer> {
        let problem = is_signed_out.then_some(SignInProblem::SignedOut);
        let answer = self.sign_in_page(200, room, problem, request, language).await?;
        Ok(FrontAnswer {
            set_cookies: is_signed_out.then(|| remove_person_name(request)).into_iter().collect(),
            ..answer
        })
    }

    /// Answers a banned visitor with the page that shows the end of the ban.
    pub(crate) async fn banned_page(
        &self,
        status: u16,
        until: Timestamp,
        request: &FrontRequest,
        language: Language,
    ) -> Result<FrontAnswer> {
        let now = self.front_page.restriction_store.clock.now();
        self.html(status, request, |template| ssr::banned_page(template, language, until, now)).await
    }
}

/// Returns a `Set-Cookie` value that removes the name of the person who used the browser before.
fn remove_person_name(request: &FrontRequest) -> String {
    cookies::set(cookies::NAME, "", Duration::ZERO, request.secure)
}
