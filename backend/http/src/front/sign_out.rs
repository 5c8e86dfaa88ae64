//! `POST /sign-out`: removes the session from the browser.

use std::time::Duration;

use crate::{
    answers::FrontAnswer,
    cookies,
    form::field,
    front::{FrontHandler, FrontRequest},
};

impl FrontHandler {
    /// Removes the cookies of the session and the stored messages from the browser, and signs the device out, so that no copy of the cookie
    /// is valid any more.
    pub(crate) async fn sign_out(&self, form: &str, request: &FrontRequest) -> FrontAnswer {
        if !self.is_from_own_page(request) {
            return FrontAnswer::foreign_sign_out(request.secure);
        }
        self.end_session(request).await;
        let cookies = [cookies::session_cookie(request.secure), cookies::NAME]
            .map(|name| cookies::set(name, "", Duration::ZERO, request.secure));
        let mut answer = FrontAnswer::see_other("/".into(), cookies.into(), request.secure);
        // No message stays on a device that other people use afterwards. "cookies" is not listed, because browsers then also
        // remove the cookies of sibling hosts. "storage" is not listed if the page's script sends the form: the script clears the
        // storage, tells the other windows through it, and leaves a flag for the next page in it. A browser clears it after the answer.
        let by_script = field(form, "by").as_deref() == Some("page");
        let cleared = if by_script { "\"cache\"" } else { "\"cache\", \"storage\"" };
        answer.headers.push(("clear-site-data", cleared.into()));
        answer
    }

    /// Signs the device out. If that fails, or an address does it too often, the browser loses its cookie anyway.
    async fn end_session(&self, request: &FrontRequest) {
        let sessions = &self.front_page.sessions;
        let Some(session) = sessions.session(request.session_cookie()).await else { return };
        let address = request.address.and_then(|address| sessions.address_keys(address).into_iter().next());
        if let Err(error) = self.links.rate.token_attempt(address.as_ref()).await {
            return tracing::warn!(%error, "the device was not signed out; only its cookie is removed");
        }
        if let Err(error) = self.front_page.devices.sign_out_current(&session).await {
            tracing::error!(%error, "signing out the device failed; only its cookie is removed");
        }
    }
}
