//! `GET /admin`: the page of the lobby for owners, which opens the administration when its program is loaded.

use chat::{front_page::Visit, ports::Result};
use frontend::ssr::administration_page;
use shared_types::{Language, RoomName};

use crate::{
    answers::FrontAnswer,
    front::{FrontHandler, FrontRequest},
};

impl FrontHandler {
    /// Answers with the page of the lobby to owners, and with 403 and a way to the lobby to all others. Visitors who have to sign in and
    /// banned ones get the same answers as for the lobby.
    pub(crate) async fn administration_page(&self, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        let room = RoomName::lobby();
        let visit = match self.visit(&room, request, language).await? {
            Visit::Room(visit) => visit,
            // The lobby is no private room.
            Visit::NoSuchRoom(_) => return self.sign_in_first(&room, false, request, language).await,
            Visit::SignInFirst { is_signed_out } => {
                return self.sign_in_first(&room, is_signed_out, request, language).await;
            }
        };
        let set_cookies = self.visit_cookies(&visit.session, request);
        let answer = match visit.state.restrictions.banned_until {
            Some(until) => self.banned_page(403, until, request, language).await?,
            None if visit.state.owner => {
                let answer = self.room_html(visit.state, visit.icon, request).await?;
                FrontAnswer { body: administration_page::with_script_hint(&answer.body, language), ..answer }
            }
            None => {
                let render = |template: &_| administration_page::owners_only_page(template, language);
                self.html(403, request, render).await?
            }
        };
        Ok(FrontAnswer { set_cookies, ..answer })
    }
}
