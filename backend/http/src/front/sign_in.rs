//! `GET /sign-in` and `GET /sign-in/callback`: to the OpenID Connect provider, and back.
//!
//! A sign-in begins with a link and not with a form: Chromium holds a form's policy against where its answer leads.

use std::time::Duration;

use chat::{
    access::oidc::{AuthCallback, SIGN_IN_SECONDS},
    ports::Result,
};
use frontend::ssr::sign_in_page::SignInProblem;
use shared_types::{Language, RoomName};

use super::room_of;
use crate::{
    cookies,
    errors::{not_signed_in, too_often},
    front::{FrontHandler, FrontRequest, answer::FrontAnswer, form::field},
};

const CALLBACK: &str = "/sign-in/callback";

impl FrontHandler {
    /// Sends a visitor to their provider.
    pub(crate) async fn sign_in(&self, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        let to = room_of(field(&request.query, "to").as_deref());
        let Some(oidc) = &self.oidc else { return self.not_found(request, language).await };
        // A provider that knows them may ask nothing: nobody is signed in, or in again, because another site wants it.
        if matches!(request.led_by.as_deref(), Some("cross-site" | "same-site")) {
            return self.door(200, &to, None, request, language).await;
        }
        if let Some(trouble) = self.too_often(request).await? {
            return self.door(429, &to, Some(trouble), request, language).await;
        }
        match oidc.begin(to.clone(), &self.redirect(request)).await {
            Ok(begun) => {
                let lifetime = Duration::from_secs(SIGN_IN_SECONDS);
                let name = cookies::sign_in_cookie(request.secure);
                let cookie = cookies::set(name, &begun.pending, lifetime, request.secure);
                Ok(FrontAnswer::see_other(begun.location, vec![cookie], request.secure))
            }
            Err(cause) => {
                tracing::error!(%cause, "nobody can sign in");
                self.door(502, &to, Some(SignInProblem::ProviderFailed), request, language).await
            }
        }
    }

    /// A visitor is back from their provider.
    pub(crate) async fn signed_in(&self, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        let Some(oidc) = &self.oidc else { return self.not_found(request, language).await };
        if let Some(trouble) = self.too_often(request).await? {
            return self.door(429, &RoomName::lobby(), Some(trouble), request, language).await;
        }
        let [state, code, issuer] = ["state", "code", "iss"].map(|name| field(&request.query, name));
        let back = AuthCallback {
            pending: cookies::value(request.cookies(), cookies::sign_in_cookie(request.secure)),
            state: state.as_deref(),
            code: code.as_deref(),
            issuer: issuer.as_deref(),
            redirect: &self.redirect(request),
        };
        // Whatever comes of it, it is not for a second time.
        let done = cookies::set(cookies::sign_in_cookie(request.secure), "", Duration::ZERO, request.secure);
        let (why, to) = match oidc.finish(back).await {
            Ok((visitor, to)) => {
                tracing::info!(person = %visitor.id, moderator = visitor.moderator, "signed in");
                let cookie = self.guest_cookie(&self.front_page.sessions.cookie(&visitor), request);
                return Ok(FrontAnswer::see_other(to.path(), vec![cookie, done], request.secure));
            }
            Err((why, to)) => (why, to.unwrap_or_else(RoomName::lobby)),
        };
        let (status, trouble) = not_signed_in(&why);
        match status {
            500.. => tracing::error!(%why, "not signed in"),
            _ => tracing::info!(%why, "not signed in"),
        }
        let page = self.door(status, &to, Some(trouble), request, language).await?;
        Ok(FrontAnswer { set_cookies: vec![done], ..page })
    }

    /// Counts one way to the provider or back; what is wrong where there were too many.
    async fn too_often(&self, request: &FrontRequest) -> Result<Option<SignInProblem>> {
        let keys = request.address.map(|address| self.front_page.sessions.address_keys(address));
        match self.enter.rate.sign_in(keys.as_ref().and_then(|keys| keys.first())).await {
            Ok(()) => Ok(None),
            Err(why) => too_often(why).map(Some),
        }
    }

    /// The address that the provider sends visitors back to, and that has to be registered with it.
    fn redirect(&self, request: &FrontRequest) -> String {
        self.own_origin(request) + CALLBACK
    }
}
