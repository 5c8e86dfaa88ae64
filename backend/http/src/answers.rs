//! The answers to HTTP requests: how they are made, what errors become, and how they are written.

use chat::{
    access::{
        links::LinkError,
        oidc::SignInError,
        passphrase::PassphraseError,
        rate_limit::{RateError, TooFast},
    },
    ports::{Result, Unavailable},
};
use frontend::ssr::{link_page::LinkProblem, sign_in_page::SignInProblem};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, SET_COOKIE};
use serde::Serialize;
use shared_types::{RoomName, Timestamp};

use crate::{
    form::RequestError,
    headers::{self, Headers},
};

/// The answer to a request. It belongs to one visitor, and its headers forbid caching.
pub struct FrontAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type` header.
    pub content_type: &'static str,
    /// All other headers, except `Location`, `Set-Cookie`, and those of the compression, which each deployment target adds.
    pub headers: Headers,
    /// The `Location` header.
    pub location: Option<String>,
    /// The `Set-Cookie` headers.
    pub set_cookies: Vec<String>,
    /// The body.
    pub body: String,
}

impl FrontAnswer {
    /// Creates a plain text. `secure` says whether the client uses HTTPS.
    pub fn plain(status: u16, body: String, secure: bool) -> Self {
        let (content_type, headers) = ("text/plain; charset=utf-8", headers::of_data(secure));
        Self { status, content_type, headers, location: None, set_cookies: Vec::new(), body }
    }

    /// Creates the answer to a request that could not be read. `secure` says whether the client uses HTTPS.
    pub fn bad_request(error: RequestError, secure: bool) -> Self {
        let (status, sentence) = request_error(error);
        Self::plain(status, sentence.into(), secure)
    }

    /// Creates the answer to a form that is posted to a path that accepts none.
    pub(crate) fn method_not_allowed(secure: bool) -> Self {
        Self::plain(405, "This address accepts only GET requests.\n".into(), secure)
    }

    /// Creates the answer to a sign-out form of another site.
    pub(crate) fn foreign_sign_out(secure: bool) -> Self {
        Self::plain(403, "Another site cannot sign you out.\n".into(), secure)
    }

    /// Creates the answer to a form that another site sent.
    pub(crate) fn foreign_form(secure: bool) -> Self {
        Self::plain(403, "Another site cannot do this for you. Open the link again.\n".into(), secure)
    }

    /// Creates the answer to a form with a missing or invalid field.
    pub(crate) fn bad_form(secure: bool) -> Self {
        Self::plain(400, "A field of this form is missing or invalid.\n".into(), secure)
    }

    /// Creates the answer to a request for a link that was refused.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub(crate) fn link_refused(error: LinkError, secure: bool) -> Result<Self> {
        let (status, sentence) = match error {
            LinkError::TooOften(error) => return Ok(Self::too_fast("Too many links", error, secure)),
            LinkError::Unavailable(cause) => return Err(cause),
            LinkError::NotAllowed => (403, "You are not allowed to do this here.\n"),
            LinkError::Direct => {
                (403, "Nobody is invited to a direct message: start a new one with the people you want.\n")
            }
            LinkError::Banned { .. } => (403, "You are banned.\n"),
            LinkError::Unknown | LinkError::UsedUp | LinkError::Expired | LinkError::Revoked | LinkError::RoomFull => {
                (404, "There is no such link any more.\n")
            }
        };
        Ok(Self::plain(status, sentence.into(), secure))
    }

    /// Creates the answer to a request without a valid session cookie.
    pub(crate) fn no_session(secure: bool) -> Self {
        Self::plain(401, "There is no valid session cookie.\n".into(), secure)
    }

    /// Creates the answer to a page load that was not counted. `secure` says whether the client uses HTTPS.
    pub fn page_load_refused(error: RateError, secure: bool) -> Self {
        match error {
            RateError::TooFast(error) => Self::too_fast("Too many page loads from your network", error, secure),
            RateError::Unavailable(cause) => {
                tracing::error!(%cause, "counting a page load failed; answering with 503");
                Self::plain(503, "This page could not be made. Try again later.\n".into(), secure)
            }
        }
    }

    fn too_fast(what: &str, error: TooFast, secure: bool) -> Self {
        let mut answer = Self::plain(429, format!("{what}: {error}.\n"), secure);
        answer.headers.push(("retry-after", error.seconds().to_string().into()));
        answer
    }

    /// Creates the answer to an export that was not counted.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub(crate) fn export_refused(error: RateError, secure: bool) -> Result<Self> {
        match error {
            RateError::TooFast(error) => Ok(Self::too_fast("Too many exports", error, secure)),
            RateError::Unavailable(cause) => Err(cause),
        }
    }

    /// Creates a page with the headers of [`headers::of_page`].
    pub(crate) fn html(status: u16, headers: Headers, body: String) -> Self {
        let content_type = "text/html; charset=utf-8";
        Self { status, content_type, headers, location: None, set_cookies: Vec::new(), body }
    }

    /// Creates a JSON answer. `secure` says whether the client uses HTTPS.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the body cannot be written as JSON.
    pub(crate) fn json(status: u16, body: &impl Serialize, secure: bool) -> Result<Self> {
        let body = serde_json::to_string(body).map_err(Unavailable::while_doing("writing an answer"))?;
        Ok(Self { content_type: "application/json", ..Self::plain(status, body, secure) })
    }

    /// Creates a redirect (303) that the client follows with GET.
    pub(crate) fn see_other(location: String, set_cookies: Vec<String>, secure: bool) -> Self {
        Self { location: Some(location), set_cookies, ..Self::plain(303, String::new(), secure) }
    }

    /// Returns a permanent redirect to the page of a room, with the query. It is a path of this host, so it leads to no other site.
    pub(crate) fn moved(room: &RoomName, query: &str, secure: bool) -> Self {
        let mut location = format!("/r/{room}");
        // A header can have no other characters.
        if !query.is_empty() && query.bytes().all(|byte| byte.is_ascii_graphic()) {
            location.extend(["?", query]);
        }
        Self { location: Some(location), ..Self::plain(308, String::new(), secure) }
    }

    /// Returns the status, the headers and the body as they are sent.
    ///
    /// An answer without one of its headers could be unsafe: it might lack the content security policy or the session. If a
    /// header has an invalid value, the result is a 500 instead, and the log names the header.
    pub fn into_parts(self) -> (u16, HeaderMap, String) {
        match self.header_map() {
            Ok(headers) => (self.status, headers, self.body),
            Err(cause) => {
                tracing::error!(%cause, "invalid header in an answer; answering with 500");
                (500, headers::of_failure(), "This page could not be made. Try again later.\n".into())
            }
        }
    }

    fn header_map(&self) -> Result<HeaderMap> {
        let mut map = HeaderMap::new();
        map.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        let headers = self.headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.as_ref()));
        let location = self.location.iter().map(|location| (LOCATION, location.as_str()));
        let cookies = self.set_cookies.iter().map(|cookie| (SET_COOKIE, cookie.as_str()));
        for (name, value) in headers.chain(location).chain(cookies) {
            // Clients do not agree on how to read a value beyond ASCII.
            let value = HeaderValue::from_str(value).ok().filter(|value| value.to_str().is_ok());
            // The value may be a cookie, so it is not logged.
            let cause = || Unavailable { doing: "writing a header", cause: format!("{name} has an invalid value") };
            let value = value.ok_or_else(cause)?;
            map.append(name, value);
        }
        Ok(map)
    }
}

/// The page that answers a failed passphrase check.
pub(crate) enum PassphraseFailurePage {
    /// The sign-in page with the problem.
    Form(SignInProblem),
    /// The page for banned visitors.
    Banned {
        /// The end of the ban.
        until: Timestamp,
    },
}

/// Returns the HTTP status and the page of a failed passphrase check.
///
/// # Errors
///
/// `Unavailable` when the store did not answer.
pub(crate) fn passphrase_failure(error: PassphraseError) -> Result<(u16, PassphraseFailurePage)> {
    Ok(match error {
        PassphraseError::Wrong => (403, PassphraseFailurePage::Form(SignInProblem::WrongPassphrase)),
        PassphraseError::TooOften(wait) => {
            (429, PassphraseFailurePage::Form(SignInProblem::TooManyAttempts { seconds: wait.seconds().into() }))
        }
        PassphraseError::Banned { until } => (403, PassphraseFailurePage::Banned { until }),
        PassphraseError::Unavailable(cause) => return Err(cause),
    })
}

/// Returns the HTTP status and the problem of a failed sign-in with a provider. From 500 on, the fault is not the visitor's.
pub(crate) fn sign_in_failure(error: &SignInError) -> (u16, SignInProblem) {
    match error {
        SignInError::NotBegun => (403, SignInProblem::Expired),
        SignInError::Refused => (403, SignInProblem::ProviderRefused),
        SignInError::IdToken(_) | SignInError::Unavailable(_) => (502, SignInProblem::ProviderFailed),
    }
}

/// Returns the problem of a sign-in that was not counted. Its HTTP status is 429.
///
/// # Errors
///
/// `Unavailable` when the store did not answer.
pub(crate) fn sign_in_rate_problem(error: RateError) -> Result<SignInProblem> {
    match error {
        RateError::TooFast(wait) => Ok(SignInProblem::TooManyAttempts { seconds: wait.seconds().into() }),
        RateError::Unavailable(cause) => Err(cause),
    }
}

/// Returns the HTTP status and the problem of an attempt to redeem a token that failed. A ban has a page of its own.
///
/// # Errors
///
/// `Unavailable` when the store did not answer.
pub(crate) fn link_failure(error: LinkError) -> Result<(u16, LinkProblem)> {
    Ok(match error {
        LinkError::Unknown | LinkError::NotAllowed | LinkError::Direct | LinkError::Banned { .. } => {
            (403, LinkProblem::Unknown)
        }
        LinkError::UsedUp => (403, LinkProblem::UsedUp),
        LinkError::Expired => (403, LinkProblem::Expired),
        LinkError::Revoked => (403, LinkProblem::Revoked),
        LinkError::RoomFull => (403, LinkProblem::RoomFull),
        LinkError::TooOften(wait) => (429, LinkProblem::TooManyAttempts { seconds: wait.seconds().into() }),
        LinkError::Unavailable(cause) => return Err(cause),
    })
}

/// Returns the HTTP status and the sentence of a request that could not be read.
fn request_error(error: RequestError) -> (u16, &'static str) {
    match error {
        RequestError::UnknownEvent => (400, "This request is not known here.\n"),
        RequestError::Direct => (403, "The chat is at the address of its CloudFront distribution.\n"),
        RequestError::MethodNotAllowed => (405, "This address accepts only GET requests and small forms.\n"),
        RequestError::NotAForm => (415, "Post a form here.\n"),
        RequestError::TooLarge => (413, "This form is too large.\n"),
        RequestError::NotText => (400, "This form is not text.\n"),
        RequestError::Incomplete => (400, "This form did not arrive completely. Try again.\n"),
        RequestError::TimedOut => (408, "This form did not arrive in time. Try again.\n"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn too_fast(milliseconds: u64) -> TooFast {
        TooFast::after(Duration::from_millis(milliseconds))
    }

    fn outage() -> Unavailable {
        Unavailable { doing: "asking dynamodb", cause: "dynamodb timed out".into() }
    }

    #[test]
    fn an_answer_is_written_with_all_its_headers() {
        let cookies = vec!["guest=x; Path=/".into(), "name=; Path=/".into()];
        let (status, headers, body) = FrontAnswer::see_other("/r/cats".into(), cookies, true).into_parts();
        let all = |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect::<Vec<_>>();
        assert_eq!((status, body.as_str(), all("location")), (303, "", vec!["/r/cats"]));
        assert_eq!(all("set-cookie"), ["guest=x; Path=/", "name=; Path=/"]);
        assert_eq!(all("content-type"), ["text/plain; charset=utf-8"]);
        assert_eq!(headers.len(), headers::of_data(true).len() + 4);
    }

    #[test]
    fn an_answer_with_an_invalid_header_becomes_a_500() {
        let page = || FrontAnswer::plain(200, "a page".into(), false);
        for unwritable in [
            FrontAnswer { headers: vec![("content-security-policy", "script-src \u{65e5}".into())], ..page() },
            FrontAnswer { location: Some("/r/cats\r\nx: y".into()), ..page() },
            FrontAnswer { set_cookies: vec!["guest=\u{65e5}".into()], ..page() },
        ] {
            let (status, headers, body) = unwritable.into_parts();
            assert_eq!((status, body.contains("a page")), (500, false));
            for (name, value) in headers::of_data(false) {
                assert_eq!(headers.get(name).unwrap().to_str().ok(), Some(value.as_ref()), "{name}");
            }
            assert_eq!(headers.len(), headers::of_data(false).len() + 1);
        }
    }

    #[test]
    fn a_failed_passphrase_check_shows_the_form_or_the_ban() {
        use PassphraseFailurePage::{Banned, Form};
        assert!(matches!(passphrase_failure(PassphraseError::Wrong), Ok((403, Form(SignInProblem::WrongPassphrase)))));
        let often = passphrase_failure(PassphraseError::TooOften(too_fast(40_001)));
        assert!(matches!(often, Ok((429, Form(SignInProblem::TooManyAttempts { seconds: 41 })))));
        let until = Timestamp(7);
        let banned = passphrase_failure(PassphraseError::Banned { until });
        assert!(matches!(banned, Ok((403, Banned { until: Timestamp(7) }))));
        assert!(passphrase_failure(PassphraseError::Unavailable(outage())).is_err());
    }

    #[test]
    fn a_failed_sign_in_says_whether_to_try_again() {
        assert!(matches!(sign_in_failure(&SignInError::NotBegun), (403, SignInProblem::Expired)));
        assert!(matches!(sign_in_failure(&SignInError::Refused), (403, SignInProblem::ProviderRefused)));
        let bad_token = SignInError::IdToken("no key".into());
        assert!(matches!(sign_in_failure(&bad_token), (502, SignInProblem::ProviderFailed)));
        let unavailable = SignInError::Unavailable(outage());
        assert!(matches!(sign_in_failure(&unavailable), (502, SignInProblem::ProviderFailed)));
    }

    #[test]
    fn too_many_sign_ins_say_when_to_try_again() {
        assert!(matches!(
            sign_in_rate_problem(RateError::TooFast(too_fast(1_001))),
            Ok(SignInProblem::TooManyAttempts { seconds: 2 })
        ));
        assert!(sign_in_rate_problem(RateError::Unavailable(outage())).is_err());
    }

    #[test]
    fn a_request_error_has_a_status_and_a_sentence() {
        for (error, status) in [
            (RequestError::UnknownEvent, 400),
            (RequestError::Direct, 403),
            (RequestError::MethodNotAllowed, 405),
            (RequestError::NotAForm, 415),
            (RequestError::TooLarge, 413),
            (RequestError::NotText, 400),
            (RequestError::Incomplete, 400),
            (RequestError::TimedOut, 408),
        ] {
            assert_eq!(request_error(error).0, status, "{error:?}");
            assert!(request_error(error).1.ends_with(".\n"), "{error:?}");
        }
    }

    #[test]
    fn too_many_exports_say_when_to_try_again() {
        let answer = FrontAnswer::export_refused(RateError::TooFast(too_fast(1_500)), true).unwrap();
        assert_eq!(answer.status, 429);
        assert!(answer.headers.contains(&("retry-after", "2".into())));
        assert!(answer.body.contains("in 2 s") && answer.body.ends_with(".\n"), "{}", answer.body);
        assert!(FrontAnswer::export_refused(RateError::Unavailable(outage()), true).is_err());
    }
}
