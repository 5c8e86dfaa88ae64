//! The answer to a request for a page, and how it is written.

use chat::ports::{Result, Unavailable};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, SET_COOKIE};
use serde::Serialize;

use crate::{
    errors,
    front::form::NotRead,
    headers::{self, Headers},
};

/// The answer to a request for a page. It is one visitor's own, and its headers say so.
pub struct FrontAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body's type.
    pub content_type: &'static str,
    /// What it says beside its body, but for the cookies, where it leads to, and what a home does to the body on its way.
    pub headers: Headers,
    /// The `Location` header.
    pub location: Option<String>,
    /// The `Set-Cookie` headers.
    pub set_cookies: Vec<String>,
    /// The body.
    pub body: String,
}

impl FrontAnswer {
    /// A sentence, where there is no page. `secure` is whether the visitor came by HTTPS.
    pub fn plain(status: u16, body: String, secure: bool) -> Self {
        let (content_type, headers) = ("text/plain; charset=utf-8", headers::of_data(secure));
        Self { status, content_type, headers, location: None, set_cookies: Vec::new(), body }
    }

    /// A sentence for whoever sent something that is not read. `secure` is whether they came by HTTPS.
    pub fn not_read(why: NotRead, secure: bool) -> Self {
        let (status, sentence) = errors::not_read(why);
        Self::plain(status, sentence.into(), secure)
    }

    /// Something for a program. `secure` is whether the visitor came by HTTPS.
    ///
    /// # Errors
    ///
    /// `Unavailable` when it cannot be written as JSON.
    pub(crate) fn json(status: u16, body: &impl Serialize, secure: bool) -> Result<Self> {
        let body = serde_json::to_string(body).map_err(Unavailable::while_doing("writing an answer"))?;
        Ok(Self { content_type: "application/json", ..Self::plain(status, body, secure) })
    }

    /// Sends a visitor on, with a fresh request that looks at something.
    pub(crate) fn see_other(location: String, set_cookies: Vec<String>, secure: bool) -> Self {
        Self { location: Some(location), set_cookies, ..Self::plain(303, String::new(), secure) }
    }

    /// Its status, its headers and its body, as they go out.
    ///
    /// Where a header cannot be written, something would be missing that the answer was not to be given without: what a page
    /// may do, or who its visitor is. Then it is a 500 that says so, and the log says which.
    pub fn into_parts(self) -> (u16, HeaderMap, String) {
        match self.header_map() {
            Ok(headers) => (self.status, headers, self.body),
            Err(cause) => {
                tracing::error!(%cause, "a page could not be answered with");
                (500, headers::of_failure(), "This page could not be made. Try again later.\n".into())
            }
        }
    }

    fn header_map(&self) -> Result<HeaderMap> {
        let mut written = HeaderMap::new();
        written.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        let said = self.headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.as_ref()));
        let location = self.location.iter().map(|location| (LOCATION, location.as_str()));
        let cookies = self.set_cookies.iter().map(|cookie| (SET_COOKIE, cookie.as_str()));
        for (name, value) in said.chain(location).chain(cookies) {
            // Beyond ASCII a value is not read alike by everybody.
            let value = HeaderValue::from_str(value).ok().filter(|value| value.to_str().is_ok());
            // The value may be a cookie, so it is not logged.
            let cause = || Unavailable { doing: "writing a header", cause: format!("{name} has no value of a header") };
            let value = value.ok_or_else(cause)?;
            written.append(name, value);
        }
        Ok(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_written_with_every_header_it_has() {
        let cookies = vec!["guest=x; Path=/".into(), "name=; Path=/".into()];
        let (status, headers, body) = FrontAnswer::see_other("/r/cats".into(), cookies, true).into_parts();
        let all = |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect::<Vec<_>>();
        assert_eq!((status, body.as_str(), all("location")), (303, "", vec!["/r/cats"]));
        assert_eq!(all("set-cookie"), ["guest=x; Path=/", "name=; Path=/"]);
        assert_eq!(all("content-type"), ["text/plain; charset=utf-8"]);
        assert_eq!(headers.len(), headers::of_data(true).len() + 4);
    }

    #[test]
    fn an_answer_that_would_lack_a_header_is_none() {
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
}
