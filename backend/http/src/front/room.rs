//! `GET /`, `GET /r/{room}` and `GET /state/{room}`: the page of a room, and its state as JSON.

use chat::{front_page::Visit, ports::Result};
use frontend::ssr;
use serde_json::json;
use shared_types::{Language, RoomName, Timestamp};

use crate::{
    answers::FrontAnswer,
    cookies,
    front::{FrontHandler, FrontRequest},
};

impl FrontHandler {
    /// Answers with the page of a room, with the sign-in page to visitors who have to sign in first, or with 403 and the end of
    /// the ban to banned ones.
    pub(crate) async fn room_page(
        &self,
        room: &RoomName,
        request: &FrontRequest,
        language: Language,
    ) -> Result<FrontAnswer> {
        let Some(visit) = self.visit(room, request, language).await? else {
            return self.sign_in_page(200, room, None, request, language).await;
        };
        let set_cookies = self.visit_cookies(&visit, request);
        let answer = match visit.state.restrictions.banned_until {
            Some(until) => self.banned_page(403, until, request, language).await?,
            None => self.room_html(visit.state, request).await?,
        };
        Ok(FrontAnswer { set_cookies, ..answer })
    }

    /// Answers with the state of a room. Visitors who have to sign in first get 401 and the access mode; banned ones get 403 and
    /// the end of the ban, without the messages of the room.
    pub(crate) async fn room_state(
        &self,
        room: &RoomName,
        request: &FrontRequest,
        language: Language,
    ) -> Result<FrontAnswer> {
        let Some(visit) = self.visit(room, request, language).await? else {
            return FrontAnswer::json(401, &json!({ "access": self.access() }), request.secure);
        };
        let restrictions = &visit.state.restrictions;
        let answer = match restrictions.banned_until {
            Some(_) => FrontAnswer::json(403, &json!({ "standing": restrictions }), request.secure)?,
            None => FrontAnswer::json(200, &visit.state, request.secure)?,
        };
        Ok(FrontAnswer { set_cookies: self.visit_cookies(&visit, request), ..answer })
    }

    async fn visit(&self, room: &RoomName, request: &FrontRequest, language: Language) -> Result<Option<Visit>> {
        let name = cookies::person_name(request.cookies());
        let sessions = &self.front_page.sessions;
        let addresses = request.address.map(|address| sessions.address_keys(address)).unwrap_or_default();
        self.front_page.visit(room.clone(), request.session_cookie(), name, &addresses, language).await
    }

    fn visit_cookies(&self, visit: &Visit, request: &FrontRequest) -> Vec<String> {
        visit.cookie.iter().map(|cookie| self.set_session_cookie(cookie, request)).collect()
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
