//! `GET /claim` and `POST /claim`: an owner link makes its visitor an owner.

use chat::{
    access::{owner_link::OwnerLinkError, rate_limit::RateError, sessions::Session},
    moderation::actions::ModerationError,
    ports::{Result, Unavailable},
};
use frontend::ssr::claim_page::{ClaimProblem, claim_page};
use shared_types::{AccessMode, Language};

use crate::{
    answers::FrontAnswer,
    cookies,
    form::field,
    front::{FrontHandler, FrontRequest},
};

impl FrontHandler {
    /// Answers with the page that asks the visitor to confirm.
    pub(crate) async fn claim_form(
        &self,
        status: u16,
        problem: Option<ClaimProblem>,
        request: &FrontRequest,
        language: Language,
    ) -> Result<FrontAnswer> {
        self.html(status, request, |template| claim_page(template, language, problem)).await
    }

    /// Makes the visitor an owner and redirects to the chat, if the token is right; otherwise answers with the page and the problem.
    ///
    /// The link admits a visitor to a chat with a passphrase, too: the deployment trusts them more than that.
    pub(crate) async fn claim(&self, form: &str, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        let session = match self.claimant(request).await? {
            Ok(session) => session,
            Err((status, problem)) => return self.claim_form(status, Some(problem), request, language).await,
        };
        let token = field(form, "token").unwrap_or_default();
        if let Err(error) = self.owner_links.redeem(&token, &session.id).await? {
            tracing::info!(%error, "owner link refused");
            let problem = match error {
                OwnerLinkError::Unknown => ClaimProblem::Unknown,
                OwnerLinkError::Used => ClaimProblem::Used,
                OwnerLinkError::Expired => ClaimProblem::Expired,
            };
            return self.claim_form(403, Some(problem), request, language).await;
        }
        let person = session.person(cookies::person_name(request.cookies()));
        self.moderation.claim(&person).await.map_err(|error| match error {
            ModerationError::Unavailable(cause) => cause,
            other => Unavailable::while_doing("making an owner")(other),
        })?;
        tracing::info!(person = %person.id, "owner link redeemed; the visitor is an owner");
        // A session of a provider ends at its fixed time.
        let keeps = self.access() != AccessMode::Oidc;
        let cookie = keeps.then(|| self.set_session_cookie(&self.front_page.sessions.cookie(&session), request));
        Ok(FrontAnswer::see_other("/".into(), cookie.into_iter().collect(), request.secure))
    }

    /// Returns the session of a visitor who may try to redeem a link, or the status and the problem to show.
    async fn claimant(&self, request: &FrontRequest) -> Result<std::result::Result<Session, (u16, ClaimProblem)>> {
        if !self.is_from_own_page(request) {
            tracing::warn!("owner link form of another site; rejected");
            return Ok(Err((403, ClaimProblem::Foreign)));
        }
        let sessions = &self.front_page.sessions;
        let keys = request.address.map(|address| sessions.address_keys(address));
        match self.passphrase_check.rate.sign_in(keys.as_ref().and_then(|keys| keys.first())).await {
            Ok(()) => {}
            Err(RateError::TooFast(wait)) => {
                return Ok(Err((429, ClaimProblem::TooManyAttempts { seconds: wait.seconds().into() })));
            }
            Err(RateError::Unavailable(cause)) => return Err(cause),
        }
        Ok(match self.session(request).await? {
            Some(session) => Ok(session),
            // The provider says who people are.
            None if self.access() == AccessMode::Oidc => Err((403, ClaimProblem::NotSignedIn)),
            None => Ok(sessions.new_guest()),
        })
    }
}
