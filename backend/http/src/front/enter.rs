//! `POST /enter`: checks the passphrase.

use chat::ports::Result;
use frontend::ssr::sign_in_page::{SignInMethod, SignInPage, SignInProblem, sign_in_page};
use shared_types::{AccessMode, Language, RoomName};

use crate::{
    answers::{FrontAnswer, PassphraseFailurePage, passphrase_failure},
    form::field,
    front::{
        FrontHandler, FrontRequest,
        join::{path_after_sign_in, waiting_invitation},
    },
    routes::redirect_room,
};

impl FrontHandler {
    /// Sets the session cookie and redirects to the room if the passphrase is right; otherwise answers with the sign-in page and
    /// the problem.
    pub(crate) async fn enter(&self, form: &str, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        let to = redirect_room(field(form, "to").as_deref());
        if !self.is_from_own_page(request) {
            tracing::warn!("sign-in form of another site; rejected");
            return self.sign_in_page(403, &to, Some(SignInProblem::Expired), request, language).await;
        }
        let passphrase = field(form, "passphrase").unwrap_or_default();
        let error = match self.passphrase_check.attempt(&passphrase, request.address).await {
            Ok(guest) => {
                tracing::info!(person = %guest.id, "signed in with the passphrase");
                let cookie = self.set_session_cookie(&self.front_page.sessions.cookie(&guest), request);
                return Ok(FrontAnswer::see_other(path_after_sign_in(&to, request), vec![cookie], request.secure));
            }
            Err(error) => error,
        };
        match passphrase_failure(error)? {
            (status, PassphraseFailurePage::Form(problem)) => {
                tracing::info!(status, "passphrase sign-in failed");
                self.sign_in_page(status, &to, Some(problem), request, language).await
            }
            (status, PassphraseFailurePage::Banned { until }) => {
                tracing::info!(status, "passphrase sign-in failed: banned");
                self.banned_page(status, until, request, language).await
            }
        }
    }

    /// Answers with the page that asks visitors to sign in before they enter a room.
    pub(crate) async fn sign_in_page(
        &self,
        status: u16,
        room: &RoomName,
        problem: Option<SignInProblem>,
        request: &FrontRequest,
        language: Language,
    ) -> Result<FrontAnswer> {
        let method = if self.access() == AccessMode::Oidc { SignInMethod::SignIn } else { SignInMethod::Passphrase };
        let is_invited = waiting_invitation(request).is_some();
        let page = SignInPage { method, room, problem, is_invited };
        self.html(status, request, |template| sign_in_page(template, language, page)).await
    }
}
