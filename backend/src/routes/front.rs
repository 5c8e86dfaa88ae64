//! `GET /`, `GET /r/{room}` and `GET /state/{room}`: the page, and what it knows.

use std::sync::{Arc, Mutex, PoisonError};

use frontend::render::{self, Shell};
use shared_types::{Language, PersonName, RoomName};

use super::headers::{self, Headers, Places, Visitor};
use crate::{
    chat::{CatchUp, FrontPage, Identities},
    ports::{Clock, Connections, Entropy, Messages, Result, Shells, Unavailable},
};

/// The cookie that makes a visitor the same guest again; signed, and out of reach of scripts.
const GUEST_COOKIE: &str = "guest";

/// Its name where the visitor came by HTTPS: a browser takes it from this very host alone, and from nobody in between.
const GUEST_COOKIE_BY_HTTPS: &str = "__Host-guest";

/// The cookie in which the page keeps the visitor's chosen name, percent-encoded, so that the first paint has it.
const NAME_COOKIE: &str = "name";

/// The cookie in which the page keeps the language that the visitor chose, as a tag.
const LANGUAGE_COOKIE: &str = "language";

/// The front page's route.
pub struct Front {
    front_page: FrontPage,
    shells: Arc<dyn Shells>,
    places: Places,
    /// The last shell, parsed, beside the text it was parsed from.
    parsed: Mutex<Option<(Arc<str>, Arc<Parsed>)>>,
}

/// What is made of a built `index.html` once.
struct Parsed {
    shell: Shell,
    /// Its scripts, as its pages' policy allows them.
    scripts: String,
}

/// One request for a page.
pub struct FrontRequest {
    /// The path, without the query.
    pub path: String,
    /// The `Cookie` header; several of them joined by `"; "`.
    pub cookie: Option<String>,
    /// The `Accept-Language` header.
    pub accept_language: Option<String>,
    /// The `Host` header.
    pub host: Option<String>,
    /// Whether the visitor came by HTTPS, so that their cookie never travels without.
    pub secure: bool,
}

/// The answer to a request for a page. It is one visitor's own, and its headers say so.
pub struct FrontAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body's type.
    pub content_type: &'static str,
    /// What it says beside its body, but for the cookie and what a home does to the body on its way.
    pub headers: Headers,
    /// The `Set-Cookie` header.
    pub set_cookie: Option<String>,
    /// The body.
    pub body: String,
}

enum Wanted {
    Page(RoomName),
    State(RoomName),
}

impl Front {
    /// Wires the route. `socket` is the address of the socket, as the page is told it.
    #[expect(clippy::too_many_arguments, reason = "the one place that wires the front page's ports")]
    pub fn new(
        connections: Arc<dyn Connections>,
        messages: Arc<dyn Messages>,
        shells: Arc<dyn Shells>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        identities: Identities,
        page_size: usize,
        socket: String,
    ) -> Self {
        let catch_up = CatchUp { messages, clock, page_size };
        let places = Places { socket: socket.clone(), uploads: None };
        let front_page = FrontPage { connections, catch_up, entropy, identities, socket };
        Self { front_page, shells, places, parsed: Mutex::new(None) }
    }

    /// Lets the page put its images to another origin than its own.
    #[must_use]
    pub fn with_uploads_to(mut self, origin: String) -> Self {
        self.places.uploads = Some(origin);
        self
    }

    /// Answers with the page, its state as JSON, a 404 page, or a 503 that says to try again.
    pub async fn handle(&self, request: FrontRequest) -> FrontAnswer {
        let language = language(&request);
        let answer = match wanted(&request.path) {
            Some(wanted) => self.visit(wanted, &request, language).await,
            None => self.not_found(&request, language).await,
        };
        answer.unwrap_or_else(|cause| {
            tracing::error!(path = request.path, %cause, "the front page could not be made");
            FrontAnswer::plain(503, render::unreachable(language), request.secure)
        })
    }

    async fn visit(&self, wanted: Wanted, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        let cookies = request.cookie.as_deref().unwrap_or_default();
        let name =
            cookie(cookies, NAME_COOKIE).and_then(percent_decoded).and_then(|name| name.parse::<PersonName>().ok());
        let (room, as_page) = match wanted {
            Wanted::Page(room) => (room, true),
            Wanted::State(room) => (room, false),
        };
        let (guest, secure) = if request.secure { (GUEST_COOKIE_BY_HTTPS, "; Secure") } else { (GUEST_COOKIE, "") };
        let visit = self.front_page.visit(room, cookie(cookies, guest), name, language).await?;
        let (content_type, headers, body) = if as_page {
            let parsed = self.shell().await?;
            let headers = headers::of_page(&parsed.scripts, &self.places, request.visitor());
            ("text/html; charset=utf-8", headers, render::page(&parsed.shell, &visit.state))
        } else {
            let json =
                serde_json::to_string(&visit.state).map_err(Unavailable::while_doing("writing the page's state"))?;
            ("application/json", headers::of_data(request.secure), json)
        };
        // 400 days is the longest a browser keeps a cookie; every visit starts them anew.
        let set_cookie = format!("{guest}={}; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax{secure}", visit.cookie);
        Ok(FrontAnswer { status: 200, content_type, headers, set_cookie: Some(set_cookie), body })
    }

    async fn not_found(&self, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        let parsed = self.shell().await?;
        let headers = headers::of_page(&parsed.scripts, &self.places, request.visitor());
        let body = render::not_found(&parsed.shell, language);
        Ok(FrontAnswer { status: 404, content_type: "text/html; charset=utf-8", headers, set_cookie: None, body })
    }

    async fn shell(&self) -> Result<Arc<Parsed>> {
        let index_html = self.shells.index_html().await?;
        let mut last = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((text, parsed)) = last.as_ref()
            && Arc::ptr_eq(text, &index_html)
        {
            return Ok(parsed.clone());
        }
        let shell = Shell::parse(&index_html).map_err(Unavailable::while_doing("reading the built index.html"))?;
        let parsed = Arc::new(Parsed { shell, scripts: headers::hashes(&index_html) });
        *last = Some((index_html, parsed.clone()));
        Ok(parsed)
    }
}

impl FrontRequest {
    fn visitor(&self) -> Visitor<'_> {
        Visitor { secure: self.secure, host: self.host.as_deref() }
    }
}

impl FrontAnswer {
    /// A sentence, where there is no page. `secure` is whether the visitor came by HTTPS.
    pub fn plain(status: u16, body: String, secure: bool) -> Self {
        let headers = headers::of_data(secure);
        Self { status, content_type: "text/plain; charset=utf-8", headers, set_cookie: None, body }
    }
}

fn wanted(path: &str) -> Option<Wanted> {
    if path == "/" {
        Some(Wanted::Page(RoomName::lobby()))
    } else if let Some(room) = path.strip_prefix("/r/") {
        room.parse().ok().map(Wanted::Page)
    } else {
        path.strip_prefix("/state/")?.parse().ok().map(Wanted::State)
    }
}

/// The language that the visitor chose, or else the one that their browser prefers.
fn language(request: &FrontRequest) -> Language {
    let chosen = cookie(request.cookie.as_deref().unwrap_or_default(), LANGUAGE_COOKIE);
    let preferred = || Language::preferred(request.accept_language.as_deref().unwrap_or_default());
    chosen.and_then(Language::of_tag).unwrap_or_else(preferred)
}

fn cookie<'a>(cookies: &'a str, name: &str) -> Option<&'a str> {
    cookies.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room_of(path: &str) -> Option<String> {
        match wanted(path)? {
            Wanted::Page(room) => Some(format!("page {room}")),
            Wanted::State(room) => Some(format!("state {room}")),
        }
    }

    #[test]
    fn a_path_is_a_room_s_page_its_state_or_nothing() {
        for (path, expected) in [
            ("/", Some("page lobby")),
            ("/r/cats", Some("page cats")),
            ("/r/lobby", Some("page lobby")),
            ("/state/cats", Some("state cats")),
            ("/r/", None),
            ("/r/Cats", None),
            ("/r/cats/", None),
            ("/r/../secret", None),
            ("/r/%63ats", None),
            ("/favicon.ico", None),
            ("", None),
        ] {
            assert_eq!(room_of(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let cookies = "a=1; guest=g.1.mac; name=Ann%20%E7%94%9F; guest2=x";
        assert_eq!(cookie(cookies, "guest"), Some("g.1.mac"));
        assert_eq!(cookie(cookies, "name").and_then(percent_decoded).as_deref(), Some("Ann 生"));
        assert_eq!(cookie(cookies, "gues"), None);
        assert_eq!(cookie("", "guest"), None);
    }

    #[test]
    fn the_language_that_was_chosen_goes_before_the_browser_s() {
        for (cookie, header, expected) in [
            (None, None, Language::English),
            (None, Some("ja-JP,ja;q=0.9"), Language::Japanese),
            (Some("name=x; language=en"), Some("ja"), Language::English),
            (Some("language=ja"), None, Language::Japanese),
            (Some("language=xx"), Some("ja"), Language::Japanese),
            (Some("language="), Some("de"), Language::English),
        ] {
            let owned = |text: Option<&str>| text.map(str::to_owned);
            let (cookie, accept_language) = (owned(cookie), owned(header));
            let request = FrontRequest { path: "/".into(), cookie, accept_language, host: None, secure: false };
            assert_eq!(language(&request), expected, "{:?} {header:?}", request.cookie);
        }
    }

    #[test]
    fn a_name_cookie_that_is_not_text_is_no_name() {
        assert_eq!(percent_decoded("%ff"), None);
        assert_eq!(percent_decoded("%4"), None);
        assert_eq!(percent_decoded("%zz"), None);
    }
}
