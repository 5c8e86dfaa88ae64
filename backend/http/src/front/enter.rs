//! The door of a chat that is not open, and the way out: `POST /enter` with the passphrase, and `POST /sign-out`.

use std::time::Duration;

use chat::ports::Result;
use frontend::ssr::{
    self,
    sign_in_page::{SignInMethod, SignInPage, SignInProblem, sign_in_page},
};
use serde_json::json;
use shared_types::{AccessMode, Language, RoomName};

use super::room_of;
use crate::{
    cookies,
    errors::{PassphraseFailurePage, not_let_in},
    front::{FrontHandler, FrontRequest, answer::FrontAnswer, form::field},
};

impl FrontHandler {
    /// The page before a room that somebody has to enter first.
    pub(crate) async fn door(
        &self,
        status: u16,
        to: &RoomName,
        problem: Option<SignInProblem>,
        request: &FrontRequest,
        language: Language,
    ) -> Result<FrontAnswer> {
        let method = if self.access() == AccessMode::Oidc { SignInMethod::SignIn } else { SignInMethod::Passphrase };
        let page = SignInPage { method, room: to, problem };
        self.html(status, request, |shell| sign_in_page(shell, language, page)).await
    }

    /// What a page is told that is open, and whose visitor has to come in anew.
    pub(crate) fn has_to_enter(&self, request: &FrontRequest) -> Result<FrontAnswer> {
        FrontAnswer::json(401, &json!({ "access": self.access() }), request.secure)
    }

    /// Somebody says the passphrase.
    pub(crate) async fn enter(&self, form: &str, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        let to = room_of(field(form, "to").as_deref());
        if !self.is_own(request) {
            tracing::warn!("a form of another site was refused");
            return self.door(403, &to, Some(SignInProblem::Expired), request, language).await;
        }
        let passphrase = field(form, "passphrase").unwrap_or_default();
        let why = match self.enter.attempt(&passphrase, request.address).await {
            Ok(guest) => {
                tracing::info!(person = %guest.id, "entered");
                let cookie = self.guest_cookie(&self.front_page.sessions.cookie(&guest), request);
                return Ok(FrontAnswer::see_other(to.path(), vec![cookie], request.secure));
            }
            Err(why) => why,
        };
        match not_let_in(why)? {
            (status, PassphraseFailurePage::Form(trouble)) => {
                tracing::info!(status, "not let in");
                self.door(status, &to, Some(trouble), request, language).await
            }
            (status, PassphraseFailurePage::Banned { until }) => {
                tracing::info!(status, "not let in: sent away");
                let now = self.front_page.restriction_store.clock.now();
                self.html(status, request, |shell| ssr::banned_page(shell, language, until, now)).await
            }
        }
    }

    /// Somebody leaves for good: what made them who they are is taken from their browser.
    pub(crate) fn sign_out(&self, form: &str, request: &FrontRequest) -> FrontAnswer {
        if !self.is_own(request) {
            return FrontAnswer::plain(403, "Another site cannot sign you out.\n".into(), request.secure);
        }
        let cookies = [cookies::session_cookie(request.secure), cookies::NAME]
            .map(|name| cookies::set(name, "", Duration::ZERO, request.secure));
        let mut answer = FrontAnswer::see_other("/".into(), cookies.into(), request.secure);
        // What was said here stays on no device that others use after them. Not the cookies: a browser takes those of the hosts
        // beside this one along.
        // Nor the storage where the page has its script do it: it tells the other windows by that, and a browser is at it for
        // longer than it says.
        let by_page = field(form, "by").as_deref() == Some("page");
        let what = if by_page { "\"cache\"" } else { "\"cache\", \"storage\"" };
        answer.headers.push(("clear-site-data", what.into()));
        answer
    }

    /// Whether a form was posted by a page of ours: browsers say from where, and no page can make them say something else.
    fn is_own(&self, request: &FrontRequest) -> bool {
        request.origin.is_some() && self.origins.allow(request.origin.as_deref(), request.host.as_deref())
    }

    /// Where the page is, as a browser has it.
    pub(crate) fn own_origin(&self, request: &FrontRequest) -> String {
        let scheme = if request.secure { "https" } else { "http" };
        let asked = || format!("{scheme}://{}", request.host.as_deref().unwrap_or_default());
        self.origins.first().map_or_else(asked, ToString::to_string)
    }
}
