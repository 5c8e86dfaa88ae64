//! `GET /devices`: the devices on which the visitor is signed in. The command `signOut` of the socket signs them out.

use chat::{access::sessions::Session, ports::Result};
use shared_types::DeviceList;

use crate::{
    answers::FrontAnswer,
    front::{FrontHandler, FrontRequest},
};

impl FrontHandler {
    /// Answers with the devices of the visitor as JSON. The device that asks is among them.
    pub(crate) async fn devices(&self, request: &FrontRequest) -> Result<FrontAnswer> {
        let (Some(cookie), Some(session)) = (request.session_cookie(), self.session(request).await?) else {
            return Ok(FrontAnswer::no_session(request.secure));
        };
        if let Err(error) = self.links.rate.link_request(&session.id).await {
            return FrontAnswer::link_refused(error.into(), request.secure);
        }
        let (front_page, user_agent) = (&self.front_page, request.user_agent.as_deref());
        let used = front_page.devices.note_use(&session, cookie, user_agent).await;
        let set_cookies = used.as_ref().and_then(|used| front_page.next_cookie(&session, Some(used), Some(cookie)));
        let (current, life) = (used.as_ref().unwrap_or(&session), front_page.sessions.cookie_life());
        let devices = front_page.devices.list_with_current(current, user_agent, life).await?;
        let answer = FrontAnswer::json(200, &DeviceList { devices }, request.secure)?;
        let set_cookies = set_cookies.iter().map(|cookie| self.set_session_cookie(cookie, request)).collect();
        Ok(FrontAnswer { set_cookies, ..answer })
    }

    /// Returns the session of a request; `None` without a valid session cookie, and if its device is signed out. Costs a read.
    pub(crate) async fn session(&self, request: &FrontRequest) -> Result<Option<Session>> {
        let Some(session) = self.front_page.sessions.session(request.session_cookie()).await else { return Ok(None) };
        let is_signed_out = self.front_page.devices.is_signed_out(&session).await?;
        Ok(Some(session).filter(|_| !is_signed_out))
    }
}
