//! `/join`: makes people members of a private room with an invitation. `/room-invitations`: lets members make one, and hosts list and revoke
//! them.

use std::time::Duration;

use chat::{
    access::{links::LinkError, sessions::Session},
    ports::Result,
};
use frontend::ssr::{
    link_page::{JoinPage, LinkProblem, join_page},
    sign_in_page::JOIN_PATH,
};
use shared_types::{AccessMode, DeviceLink, Invitation, InvitationId, InvitationList, Language, RoomName, limits};

use crate::{
    answers::FrontAnswer,
    cookies,
    form::field,
    front::{FrontHandler, FrontRequest, links::Asker},
};

/// How long an invitation waits for the visitor to enter the chat.
const WAITING_TIME: Duration = Duration::from_secs(10 * 60);

/// Maximum number of bytes of a token that waits; those of the chat have 24.
const MAX_TOKEN: usize = 64;

/// Returns whether a text may be a token, and can be the value of a cookie.
fn is_token(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !text.is_empty() && text.len() <= MAX_TOKEN && text.bytes().all(is_allowed)
}

/// Returns the token of the invitation to a private room that the visitor sent before they entered the chat.
pub(super) fn waiting_invitation(request: &FrontRequest) -> Option<&str> {
    cookies::value(request.cookies(), cookies::invitation_cookie(request.secure)).filter(|token| is_token(token))
}

/// Returns where a visitor goes on who has entered the chat: to the room, or to the invitation that waits.
pub(super) fn path_after_sign_in(room: &RoomName, request: &FrontRequest) -> String {
    waiting_invitation(request).map_or_else(|| room.path(), |_| JOIN_PATH.into())
}

/// Returns a `Set-Cookie` value that removes the invitation that waits, if there is one.
fn remove_invitation(request: &FrontRequest) -> Option<String> {
    let name = cookies::invitation_cookie(request.secure);
    waiting_invitation(request).map(|_| cookies::set(name, "", Duration::ZERO, request.secure))
}

impl FrontHandler {
    /// Answers with the page that an invitation to a private room leads to. The token is after the `#` of the address, so only the page's
    /// script sees it, unless the visitor sent it before they entered the chat. It does not say which room it is.
    pub(crate) async fn join_page(&self, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        let token = waiting_invitation(request).unwrap_or_default();
        let page = JoinPage { pass: &self.links.visitor_pass(), token, problem: None };
        self.html(200, request, |template| join_page(template, language, page)).await
    }

    /// Makes the visitor a member and redirects to the room, if the invitation is valid; otherwise answers with the problem. In an open
    /// chat a new visitor becomes a guest. In any other they have to enter first: a member of a room cannot let people into the chat. The
    /// invitation waits in a cookie then, and the page of the invitation comes after the sign-in.
    pub(crate) async fn join(&self, form: &str, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        if !self.is_from_own_page(request) {
            tracing::warn!("form of an invitation to a room, sent by another site; rejected");
            return Ok(FrontAnswer::foreign_form(request.secure));
        }
        let (token, pass) = (field(form, "token").unwrap_or_default(), field(form, "visitor"));
        let sessions = &self.front_page.sessions;
        let (session, cookie): (Session, _) = match self.session(request).await? {
            Some(session) => (session, None),
            None if self.access() == AccessMode::Open => {
                let session = self.links.visitor(pass.as_deref()).await;
                let cookie = self.set_session_cookie(&sessions.cookie(&session), request);
                (session, Some(cookie))
            }
            None if is_token(&token) => {
                let waits =
                    cookies::set(cookies::invitation_cookie(request.secure), &token, WAITING_TIME, request.secure);
                return Ok(FrontAnswer::see_other(RoomName::lobby().path(), vec![waits], request.secure));
            }
            None => return self.join_problem(403, &token, LinkProblem::Unknown, request, language).await,
        };
        let person = session.person(cookies::person_name(request.cookies()));
        let error = match self.links.accept_room_invitation(&token, &person, request.address).await {
            Ok(room) => {
                tracing::info!(person = %person.id, "joined a private room with an invitation");
                // The empty fragment replaces that of the link.
                let to = room.path() + "#";
                let set_cookies = cookie.into_iter().chain(remove_invitation(request)).collect();
                return Ok(FrontAnswer::see_other(to, set_cookies, request.secure));
            }
            Err(error) => error,
        };
        match self.link_problem(error)? {
            Ok((status, problem)) => {
                tracing::info!(status, "an invitation did not make somebody a member");
                self.join_problem(status, &token, problem, request, language).await
            }
            Err(until) => self.banned_page(403, until, request, language).await,
        }
    }

    async fn join_problem(
        &self,
        status: u16,
        token: &str,
        problem: LinkProblem,
        request: &FrontRequest,
        language: Language,
    ) -> Result<FrontAnswer> {
        let page = JoinPage { pass: &self.links.visitor_pass(), token, problem: Some(problem) };
        let answer = self.html(status, request, |template| join_page(template, language, page)).await?;
        Ok(FrontAnswer { set_cookies: remove_invitation(request).into_iter().collect(), ..answer })
    }

    /// Makes an invitation to the private room that the form names, for a member. With `list` it answers a host with the invitations, and
    /// with `revoke` it revokes one before.
    pub(crate) async fn invite_to_room(&self, form: &str, request: &FrontRequest) -> Result<FrontAnswer> {
        if !self.is_from_own_page(request) {
            return Ok(FrontAnswer::foreign_form(request.secure));
        }
        let Some(Asker { person, addresses, .. }) = self.asker(request).await? else {
            return Ok(FrontAnswer::no_session(request.secure));
        };
        let Some(room) = field(form, "room").and_then(|room| room.parse::<RoomName>().ok()) else {
            return Ok(FrontAnswer::bad_form(request.secure));
        };
        if field(form, "list").is_some() {
            let listed = self.links.room_invitations(&person, &addresses, &room).await;
            return self.listed_room_invitations(listed, request);
        }
        if let Some(id) = field(form, "revoke") {
            let Ok(id) = id.parse::<InvitationId>() else { return Ok(FrontAnswer::bad_form(request.secure)) };
            let listed = self.links.revoke_room_invitation(&person, &addresses, &room, &id).await;
            return self.listed_room_invitations(listed, request);
        }
        match self.links.invite_to_room(&person, &addresses, &room).await {
            Ok(token) => {
                tracing::info!(by = %person.id, "invitation to a private room made");
                let seconds = u32::try_from(limits::ROOM_INVITATION_LIFE.as_secs()).unwrap_or(u32::MAX);
                FrontAnswer::json(200, &DeviceLink { token, seconds }, request.secure)
            }
            Err(error) => FrontAnswer::link_refused(error, request.secure),
        }
    }

    fn listed_room_invitations(
        &self,
        listed: std::result::Result<Vec<Invitation>, LinkError>,
        request: &FrontRequest,
    ) -> Result<FrontAnswer> {
        match listed {
            Ok(invitations) => FrontAnswer::json(200, &InvitationList { invitations, token: None }, request.secure),
            Err(error) => FrontAnswer::link_refused(error, request.secure),
        }
    }
}
