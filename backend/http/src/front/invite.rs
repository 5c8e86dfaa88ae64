//! `/invite`: lets people in with an invitation. `/invitations`: lets moderators make, list and revoke them.

use chat::{access::links::LinkError, ports::Result};
use frontend::ssr::link_page::{InvitationPage, invitation_page};
use shared_types::{InvitationId, InvitationList, InvitationSeconds, InvitationUses, Language, RoomName};

use crate::{
    answers::FrontAnswer,
    form::field,
    front::{FrontHandler, FrontRequest, join::path_after_sign_in, links::Asker},
    routes::redirect_room,
};

impl FrontHandler {
    /// Answers with the page that an invitation leads to. The token is after the `#` of the address, so only the page's script sees it.
    /// People who are in the chat already, and everybody where there is no passphrase, are redirected to the room.
    pub(crate) async fn invitation_page(&self, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        let room = redirect_room(field(&request.query, "to").as_deref());
        if !self.links.has_invitations() || self.has_session(request).await? {
            return Ok(without_token(&room, request));
        }
        let page = InvitationPage { room: &room, pass: &self.links.visitor_pass(), token: "", problem: None };
        self.html(200, request, |template| invitation_page(template, language, page)).await
    }

    /// Sets the session cookie and redirects to the room if the invitation lets the visitor in; otherwise answers with the problem.
    pub(crate) async fn accept_invitation(
        &self,
        form: &str,
        request: &FrontRequest,
        language: Language,
    ) -> Result<FrontAnswer> {
        let room = redirect_room(field(form, "to").as_deref());
        // Somebody who is in the chat already takes no use.
        if !self.links.has_invitations() || self.has_session(request).await? {
            return Ok(without_token(&room, request));
        }
        if !self.is_from_own_page(request) {
            tracing::warn!("invitation form of another site; rejected");
            return Ok(FrontAnswer::foreign_form(request.secure));
        }
        let (token, pass) = (field(form, "token").unwrap_or_default(), field(form, "visitor"));
        let visitor = self.links.visitor(pass.as_deref()).await;
        let error = match self.links.accept_invitation(&token, visitor, request.address).await {
            Ok(guest) => {
                tracing::info!(person = %guest.id, "entered with an invitation");
                let cookie = self.set_session_cookie(&self.front_page.sessions.cookie(&guest), request);
                return Ok(FrontAnswer::see_other(path_after_sign_in(&room, request), vec![cookie], request.secure));
            }
            Err(error) => error,
        };
        let (status, problem) = match self.link_problem(error)? {
            Ok(shown) => shown,
            Err(until) => return self.banned_page(403, until, request, language).await,
        };
        tracing::info!(status, "an invitation did not let somebody in");
        let pass = self.links.visitor_pass();
        let page = InvitationPage { room: &room, pass: &pass, token: &token, problem: Some(problem) };
        self.html(status, request, |template| invitation_page(template, language, page)).await
    }

    /// Answers a moderator with the invitations.
    pub(crate) async fn invitations(&self, request: &FrontRequest) -> Result<FrontAnswer> {
        let Some(Asker { person, addresses, .. }) = self.asker(request).await? else {
            return Ok(FrontAnswer::no_session(request.secure));
        };
        match self.links.invitations(&person, &addresses).await {
            Ok(invitations) => FrontAnswer::json(200, &InvitationList { invitations, token: None }, request.secure),
            Err(error) => FrontAnswer::link_refused(error, request.secure),
        }
    }

    /// Makes or revokes an invitation of a moderator. Answers with all invitations.
    pub(crate) async fn change_invitations(&self, form: &str, request: &FrontRequest) -> Result<FrontAnswer> {
        if !self.is_from_own_page(request) {
            return Ok(FrontAnswer::foreign_form(request.secure));
        }
        let Some(asker) = self.asker(request).await? else { return Ok(FrontAnswer::no_session(request.secure)) };
        let Some(change) = Change::of_form(form) else { return Ok(FrontAnswer::bad_form(request.secure)) };
        match self.change(&asker, change).await {
            Ok(token) => {
                let invitations = self.links.listed().await?;
                FrontAnswer::json(200, &InvitationList { invitations, token }, request.secure)
            }
            Err(error) => FrontAnswer::link_refused(error, request.secure),
        }
    }

    /// Carries out a change. Returns the token of a new invitation.
    async fn change(&self, by: &Asker, change: Change) -> std::result::Result<Option<String>, LinkError> {
        let Asker { person, addresses, .. } = by;
        match change {
            Change::Make { life, uses } => {
                let token = self.links.invite(person, addresses, life, uses).await?;
                tracing::info!(by = %person.id, uses = uses.get(), seconds = life.get(), "invitation made");
                Ok(Some(token))
            }
            Change::Revoke(invitation) => {
                self.links.revoke_invitation(person, addresses, &invitation).await?;
                tracing::info!(by = %person.id, invitation = invitation.as_str(), "invitation revoked");
                Ok(None)
            }
        }
    }

    /// Returns whether the visitor needs no link to enter.
    async fn has_session(&self, request: &FrontRequest) -> Result<bool> {
        Ok(self.session(request).await?.is_some())
    }
}

/// Redirects to a room. The empty fragment replaces that of the link, which the browser would keep otherwise: the token does not stay in
/// the address of the room.
fn without_token(room: &RoomName, request: &FrontRequest) -> FrontAnswer {
    FrontAnswer::see_other(room.path() + "#", Vec::new(), request.secure)
}

/// What a moderator wants to change.
#[derive(Debug, PartialEq, Eq)]
enum Change {
    /// Make an invitation: the fields `seconds` and `uses`.
    Make { life: InvitationSeconds, uses: InvitationUses },
    /// Revoke one: the field `revoke`.
    Revoke(InvitationId),
}

impl Change {
    /// Reads a form; `None` if a field is missing or has an invalid value.
    fn of_form(form: &str) -> Option<Self> {
        if let Some(id) = field(form, "revoke") {
            return id.parse().ok().map(Self::Revoke);
        }
        let number = |name| field(form, name)?.parse::<u64>().ok();
        Some(Self::Make { life: number("seconds")?.try_into().ok()?, uses: number("uses")?.try_into().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_makes_or_revokes_an_invitation() {
        let id = "0f".repeat(32);
        assert_eq!(Change::of_form(&format!("revoke={id}")), Some(Change::Revoke(id.parse().unwrap())));
        let made = Change::of_form("seconds=86400&uses=10");
        let (life, uses) = (86_400.try_into().unwrap(), 10.try_into().unwrap());
        assert_eq!(made, Some(Change::Make { life, uses }));
        for form in [
            "",
            "uses=10",
            "seconds=86400",
            "seconds=86400&uses=0",
            "seconds=86400&uses=51",
            "seconds=86400&uses=-1",
            "seconds=1&uses=1",
            "seconds=9999999&uses=1",
            "seconds=1e5&uses=1",
            "revoke=",
            "revoke=x&seconds=86400&uses=10",
        ] {
            assert_eq!(Change::of_form(form), None, "{form}");
        }
    }
}
