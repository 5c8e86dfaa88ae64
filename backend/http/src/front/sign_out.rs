//! `POST /sign-out`: removes the session from the browser.

use std::time::Duration;

use crate::{
    answers::FrontAnswer,
    cookies,
    form::field,
    front::{FrontHandler, FrontRequest},
};

impl FrontHandler {
    /// Removes the cookies of the session and the stored messages from the browser.
    pub(crate) fn sign_out(&self, form: &str, request: &FrontRequest) -> FrontAnswer {
        if !self.is_from_own_page(request) {
            return FrontAnswer::foreign_sign_out(request.secure);
        }
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
}
