//! `/device`: signs a browser in as the person who made the link on another device. `/device-links`: makes such a link.

use chat::{access::links::LinkError, ports::Result};
use frontend::ssr::link_page::{ConfirmDevicePage, DevicePage, confirm_device_page, device_page};
use shared_types::{DeviceLink, Language, Person, RoomName, limits};

use crate::{
    answers::FrontAnswer,
    cookies,
    form::field,
    front::{FrontHandler, FrontRequest, join::path_after_sign_in, links::Asker},
};

impl FrontHandler {
    /// Answers with the page that a link leads to. Its script sends the token, which is after the `#` of the address.
    pub(crate) async fn device_page(&self, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        let page = DevicePage { token: "", problem: None };
        self.html(200, request, |template| device_page(template, language, page)).await
    }

    /// Asks the visitor whether to continue as the person of the link, because anybody can send them a link. With their confirmation,
    /// signs the browser in as that person.
    pub(crate) async fn use_device_link(
        &self,
        form: &str,
        request: &FrontRequest,
        language: Language,
    ) -> Result<FrontAnswer> {
        if !self.is_from_own_page(request) {
            tracing::warn!("form of a link to another device, sent by another site; rejected");
            return Ok(FrontAnswer::foreign_form(request.secure));
        }
        let token = field(form, "token").unwrap_or_default();
        let current = self.asker(request).await?.map(|asker| asker.person);
        let answered = match field(form, "visitor") {
            Some(pass) => self.sign_in_with_link(&token, &pass, request).await,
            None => self.confirm_link(&token, current, request, language).await,
        };
        let error = match answered {
            Ok(answer) => return answer,
            Err(error) => error,
        };
        let (status, problem) = match self.link_problem(error)? {
            Ok(shown) => shown,
            Err(until) => return self.banned_page(403, until, request, language).await,
        };
        tracing::info!(status, "a link to another device did not sign somebody in");
        let page = DevicePage { token: &token, problem: Some(problem) };
        self.html(status, request, |template| device_page(template, language, page)).await
    }

    /// Answers with the question whether to continue as the person of a link, or redirects a visitor who is that person.
    async fn confirm_link(
        &self,
        token: &str,
        current: Option<Person>,
        request: &FrontRequest,
        language: Language,
    ) -> std::result::Result<Result<FrontAnswer>, LinkError> {
        let person = self.links.person_of_device_link(token, request.address).await?;
        if current.as_ref().is_some_and(|current| current.id == person.id) {
            return Ok(Ok(FrontAnswer::see_other("/".into(), Vec::new(), request.secure)));
        }
        let pass = self.links.visitor_pass();
        let page =
            ConfirmDevicePage { token, pass: &pass, name: &person.name, current: current.map(|current| current.name) };
        Ok(self.html(200, request, |template| confirm_device_page(template, language, &page)).await)
    }

    /// Takes the use of a link, and sets the cookies of its person.
    async fn sign_in_with_link(
        &self,
        token: &str,
        pass: &str,
        request: &FrontRequest,
    ) -> std::result::Result<Result<FrontAnswer>, LinkError> {
        let visitor = self.links.visitor(Some(pass)).await;
        let (session, person) = self.links.use_device_link(token, &visitor, request.address).await?;
        tracing::info!(person = %session.id, "signed in with a link from another device");
        let session = self.set_session_cookie(&self.front_page.sessions.cookie(&session), request);
        let cookies = vec![session, cookies::set_person_name(&person.name, request.secure)];
        let path = path_after_sign_in(&RoomName::lobby(), request);
        Ok(Ok(FrontAnswer::see_other(path, cookies, request.secure)))
    }

    /// Makes a link for the visitor.
    pub(crate) async fn link_device(&self, request: &FrontRequest) -> Result<FrontAnswer> {
        if !self.is_from_own_page(request) {
            return Ok(FrontAnswer::foreign_form(request.secure));
        }
        let Some(Asker { person, device, addresses }) = self.asker(request).await? else {
            return Ok(FrontAnswer::no_session(request.secure));
        };
        match self.links.link_device(&person, device.as_ref(), &addresses).await {
            Ok(token) => {
                tracing::info!(person = %person.id, "link to another device made");
                let seconds = u32::try_from(limits::DEVICE_LINK_LIFE.as_secs()).unwrap_or(u32::MAX);
                FrontAnswer::json(200, &DeviceLink { token, seconds }, request.secure)
            }
            Err(error) => FrontAnswer::link_refused(error, request.secure),
        }
    }
}
