//! `GET /sign-in` and `GET /sign-in/callback`: the redirect to the OpenID Connect provider, and the way back.
//!
//! A sign-in begins with a link and not with a form, because Chromium applies a page's `form-action` policy to redirects too.

use std::time::Duration;

use chat::{
    access::oidc::{AuthCallback, SIGN_IN_SECONDS},
    ports::Result,
};
use frontend::ssr::sign_in_page::SignInProblem;
use shared_types::{Language, RoomName};

use crate::{
    answers::{FrontAnswer, sign_in_failure, sign_in_rate_problem},
    cookies,
    form::field,
    front::{FrontHandler, FrontRequest, join::path_after_sign_in},
    routes::redirect_room,
};

const CALLBACK: &str = "/sign-in/callback";

impl FrontHandler {
    /// Redirects a visitor to the provider.
    pub(crate) async fn sign_in(&self, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        let to = redirect_room(field(&request.query, "to").as_deref());
        let Some(oidc) = &self.oidc else { return self.not_found(request, language).await };
        // A provider may sign in a known visitor without a question. Another site must not start a sign-in, so a visitor who
        // comes from there has to follow the link on the sign-in page.
        if matches!(request.fetch_site.as_deref(), Some("cross-site" | "same-site")) {
            return self.sign_in_page(200, &to, None, request, language).await;
        }
        if let Some(problem) = self.count_sign_in(request).await? {
            return self.sign_in_page(429, &to, Some(problem), request, language).await;
        }
        match oidc.begin(to.clone(), &self.callback_address(request)).await {
            Ok(auth_request) => {
                let lifetime = Duration::from_secs(SIGN_IN_SECONDS);
                let name = cookies::sign_in_cookie(request.secure);
                let cookie = cookies::set(name, &auth_request.pending, lifetime, request.secure);
                Ok(FrontAnswer::see_other(auth_request.location, vec![cookie], request.secure))
            }
            Err(cause) => {
                tracing::error!(%cause, "the provider is not available; sign-in failed");
                self.sign_in_page(502, &to, Some(SignInProblem::ProviderFailed), request, language).await
            }
        }
    }

    /// Completes the sign-in of a visitor that the provider redirected back.
    pub(crate) async fn sign_in_callback(&self, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        let Some(oidc) = &self.oidc else { return self.not_found(request, language).await };
        if let Some(problem) = self.count_sign_in(request).await? {
            return self.sign_in_page(429, &RoomName::lobby(), Some(problem), request, language).await;
        }
        let [state, code, issuer] = ["state", "code", "iss"].map(|name| field(&request.query, name));
        let callback = AuthCallback {
            pending: cookies::value(request.cookies(), cookies::sign_in_cookie(request.secure)),
            state: state.as_deref(),
            code: code.as_deref(),
            issuer: issuer.as_deref(),
            redirect: &self.callback_address(request),
        };
        // A pending sign-in is used once, with success or without.
        let remove_pending = cookies::set(cookies::sign_in_cookie(request.secure), "", Duration::ZERO, request.secure);
        let (error, to) = match oidc.finish(callback).await {
            Ok((session, to)) => {
                tracing::info!(person = %session.id, moderator = session.moderator, "signed in with the provider");
                let cookie = self.set_session_cookie(&self.front_page.sessions.cookie(&session), request);
                let path = path_after_sign_in(&to, request);
                return Ok(FrontAnswer::see_other(path, vec![cookie, remove_pending], request.secure));
            }
            Err((error, to)) => (error, to.unwrap_or_else(RoomName::lobby)),
        };
        let (status, problem) = sign_in_failure(&error);
        match status {
            500.. => tracing::error!(%error, "not signed in: the sign-in with the provider failed"),
            _ => tracing::info!(%error, "not signed in: the sign-in with the provider failed"),
        }
        let page = self.sign_in_page(status, &to, Some(problem), request, language).await?;
        Ok(FrontAnswer { set_cookies: vec![remove_pending], ..page })
    }

    /// Counts a redirect to the provider or back. Returns the problem to show if there were too many.
    async fn count_sign_in(&self, request: &FrontRequest) -> Result<Option<SignInProblem>> {
        let keys = request.address.map(|address| self.front_page.sessions.address_keys(address));
        match self.passphrase_check.rate.sign_in(keys.as_ref().and_then(|keys| keys.first())).await {
            Ok(()) => Ok(None),
            Err(error) => sign_in_rate_problem(error).map(Some),
        }
    }

    /// Returns the redirect URI, which has to be registered with the provider.
    fn callback_address(&self, request: &FrontRequest) -> String {
        self.own_origin(request) + CALLBACK
    }
}
