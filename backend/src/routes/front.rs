//! `GET /`, `GET /r/{room}` and `GET /state/{room}`: the page, and what it knows; and `GET /me/data` (`my_data.rs`). In front
//! of it the door: `POST /enter` (`GET` leads to the lobby), `GET /sign-in`, `GET /sign-in/callback` and `POST /sign-out`.

mod answer;
mod enter;
mod form;
mod sign_in;

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use frontend::ssr::{self, index_template::IndexTemplate};
use serde_json::json;
use shared_types::{AccessMode, Language, PageState, PersonName, RoomName};

pub use answer::FrontAnswer;
use form::field;
pub use form::{FORM_BYTES, FORM_TYPE, NotRead, form};

use super::{
    headers::{self, Places, Visitor},
    my_data::{self, MyData},
};
use crate::{
    chat::{CatchUp, Enter, Export, FrontPage, Identities, Oidc, Origins, Rate, RateLimits, RestrictionStore},
    ports::{Clock, Connections, Entropy, Limiter, Messages, Moderation, Provider, Result, Shells, Unavailable},
};

/// The cookie that makes a visitor the same guest again; signed, and out of reach of scripts.
const GUEST_COOKIE: &str = "guest";

/// Its name where the visitor came by HTTPS: a browser takes it from this very host alone, and from nobody in between.
const GUEST_COOKIE_BY_HTTPS: &str = "__Host-guest";

/// The cookie in which the page keeps the visitor's chosen name, percent-encoded, so that the first paint has it.
const NAME_COOKIE: &str = "name";

/// The cookie in which the page keeps the language that the visitor chose, as a tag.
const LANGUAGE_COOKIE: &str = "language";

/// The header in which a browser says who led it to an address: the page itself, another one, or its visitor.
pub const FETCH_SITE: &str = "sec-fetch-site";

/// The front page's route.
pub struct Front {
    front_page: FrontPage,
    enter: Enter,
    /// Where people sign in with a provider.
    oidc: Option<Oidc>,
    /// Which pages are the chat's own.
    origins: Origins,
    my_data: MyData,
    shells: Arc<dyn Shells>,
    places: Places,
    /// The last shell, parsed, beside the text it was parsed from.
    parsed: Mutex<Option<(Arc<str>, Arc<Parsed>)>>,
}

/// What is made of a built `index.html` once.
struct Parsed {
    shell: IndexTemplate,
    /// Its scripts, as its pages' policy allows them.
    scripts: String,
}

/// The ports of the front page.
pub struct FrontPorts {
    /// Who is in a room.
    pub connections: Arc<dyn Connections>,
    /// What was said.
    pub messages: Arc<dyn Messages>,
    /// The built page.
    pub shells: Arc<dyn Shells>,
    /// What moderators decided.
    pub moderation: Arc<dyn Moderation>,
    /// How often the passphrase was tried.
    pub limiter: Arc<dyn Limiter>,
    /// The way to who vouches for people.
    pub provider: Arc<dyn Provider>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// What a chat is told about its front page.
pub struct FrontSettings {
    /// The door, and who comes through it.
    pub identities: Identities,
    /// Which pages are the chat's own.
    pub origins: Origins,
    /// The most messages on the page.
    pub page_size: usize,
    /// The address of the socket, as the page is told it.
    pub socket: String,
    /// Where the page puts its images, as an origin; `None` is its own.
    pub uploads: Option<String>,
}

/// One request for a page.
#[derive(Default)]
pub struct FrontRequest {
    /// The path, without the query.
    pub path: String,
    /// The query, without its `?`.
    pub query: String,
    /// The form that was posted; `None` where something is only looked at.
    pub form: Option<String>,
    /// The `Host` header.
    pub host: Option<String>,
    /// The `Origin` header.
    pub origin: Option<String>,
    /// The `Sec-Fetch-Site` header: what a browser says of who led it here.
    pub led_by: Option<String>,
    /// Where the visitor's request comes from, as far as that can be seen.
    pub address: Option<IpAddr>,
    /// The `Cookie` header; several of them joined by `"; "`.
    pub cookie: Option<String>,
    /// The `Accept-Language` header.
    pub accept_language: Option<String>,
    /// Whether the visitor came by HTTPS, so that their cookie never travels without.
    pub secure: bool,
}

enum Wanted {
    Page(RoomName),
    State(RoomName),
    MyData(my_data::Part),
}

impl Front {
    /// Wires the route.
    pub fn new(ports: FrontPorts, settings: FrontSettings) -> Self {
        let FrontPorts { connections, messages, shells, moderation, limiter, provider, clock, entropy } = ports;
        let FrontSettings { identities, origins, page_size, socket, uploads } = settings;
        let rate = Rate::new(limiter, clock.clone(), RateLimits::NONE);
        let client = identities.door().client().cloned();
        let (c, e, i) = (clock.clone(), entropy, identities.clone());
        let oidc = client.map(|client| Oidc::new(client, provider, c, e, i));
        let restriction_store =
            RestrictionStore { moderation, clock: clock.clone(), named: identities.door().moderators().to_vec() };
        let enter =
            Enter { rate: rate.clone(), identities: identities.clone(), restriction_store: restriction_store.clone() };
        let export = Export { messages: messages.clone(), clock: clock.clone() };
        let my_data = MyData { export, rate, identities: identities.clone() };
        let catch_up = CatchUp { messages, clock, page_size };
        let places = Places { socket: socket.clone(), uploads };
        let front_page = FrontPage { connections, catch_up, identities, restriction_store, socket };
        Self { front_page, enter, oidc, origins, shells, my_data, places, parsed: Mutex::new(None) }
    }

    /// Answers with the page, its state as JSON, a 404 page, or a 503 that says to try again.
    pub async fn handle(&self, request: FrontRequest) -> FrontAnswer {
        let language = language(&request);
        let answer = match (&request.form, request.path.as_str(), self.access()) {
            (Some(form), "/enter", AccessMode::Passphrase) => self.enter(form, &request, language).await,
            // Whoever asks again for the page with the passphrase that was wrong.
            (None, "/enter", AccessMode::Passphrase) => {
                Ok(FrontAnswer::see_other("/".into(), Vec::new(), request.secure))
            }
            (Some(form), "/sign-out", _) => Ok(self.sign_out(form, &request)),
            (Some(_), ..) => {
                let sentence = "This address can only be looked at.\n".into();
                Ok(FrontAnswer::plain(405, sentence, request.secure))
            }
            (None, "/sign-in", AccessMode::Oidc) => self.sign_in(&request, language).await,
            (None, "/sign-in/callback", AccessMode::Oidc) => self.signed_in(&request, language).await,
            (None, path, _) => match wanted(path) {
                Some(wanted) => self.visit(wanted, &request, language).await,
                None => self.not_found(&request, language).await,
            },
        };
        answer.unwrap_or_else(|cause| {
            tracing::error!(path = request.path, %cause, "the front page could not be made");
            FrontAnswer::plain(503, ssr::unreachable_text(language), request.secure)
        })
    }

    fn access(&self) -> AccessMode {
        self.front_page.identities.door().access
    }

    async fn visit(&self, wanted: Wanted, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        let cookies = request.cookie.as_deref().unwrap_or_default();
        let (guest, name) = (cookie(cookies, guest_cookie_name(request.secure)), name(cookies));
        let (room, as_page) = match wanted {
            Wanted::Page(room) => (room, true),
            Wanted::State(room) => (room, false),
            Wanted::MyData(part) => return self.my_data.give(part, guest, name, request.secure).await,
        };
        let identities = &self.front_page.identities;
        let addresses = request.address.map(|address| identities.address_keys(address)).unwrap_or_default();
        let Some(visit) = self.front_page.visit(room.clone(), guest, name, &addresses, language).await? else {
            return match as_page {
                true => self.door(200, &room, None, request, language).await,
                false => self.has_to_enter(request),
            };
        };
        let PageState { restrictions, .. } = &visit.state;
        let away = restrictions.banned_until;
        let status = if away.is_some() { 403 } else { 200 };
        let set_cookies = visit.cookie.iter().map(|cookie| self.guest_cookie(cookie, request)).collect();
        let answer = if as_page {
            let drawn = |shell: &IndexTemplate| match away {
                Some(until) => ssr::banned_page(shell, language, until, self.front_page.restriction_store.clock.now()),
                None => ssr::room_page(shell, &visit.state),
            };
            self.html(status, request, drawn).await?
        } else {
            // Whoever is sent away is told until when, and nothing of what is said.
            match away {
                Some(_) => FrontAnswer::json(status, &json!({ "standing": restrictions }), request.secure)?,
                None => FrontAnswer::json(status, &visit.state, request.secure)?,
            }
        };
        Ok(FrontAnswer { set_cookies, ..answer })
    }

    /// The `Set-Cookie` of a visitor who is the same next time.
    fn guest_cookie(&self, value: &str, request: &FrontRequest) -> String {
        let seconds = self.front_page.identities.cookie_life().as_secs();
        set_cookie(guest_cookie_name(request.secure), value, seconds, request)
    }

    async fn not_found(&self, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        self.html(404, request, |shell| ssr::not_found_page(shell, language)).await
    }

    /// A page that is drawn into the built one.
    async fn html(
        &self,
        status: u16,
        request: &FrontRequest,
        drawn: impl FnOnce(&IndexTemplate) -> String,
    ) -> Result<FrontAnswer> {
        let parsed = self.shell().await?;
        let headers = headers::of_page(&parsed.scripts, &self.places, request.visitor());
        let (content_type, body) = ("text/html; charset=utf-8", drawn(&parsed.shell));
        Ok(FrontAnswer { status, content_type, headers, location: None, set_cookies: Vec::new(), body })
    }

    async fn shell(&self) -> Result<Arc<Parsed>> {
        let index_html = self.shells.index_html().await?;
        let mut last = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((text, parsed)) = last.as_ref()
            && Arc::ptr_eq(text, &index_html)
        {
            return Ok(parsed.clone());
        }
        let shell =
            IndexTemplate::parse(&index_html).map_err(Unavailable::while_doing("reading the built index.html"))?;
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

fn wanted(path: &str) -> Option<Wanted> {
    if path == "/" {
        Some(Wanted::Page(RoomName::lobby()))
    } else if let Some(room) = path.strip_prefix("/r/") {
        room.parse().ok().map(Wanted::Page)
    } else if let Some(room) = path.strip_prefix("/state/") {
        room.parse().ok().map(Wanted::State)
    } else {
        my_data::part(path).map(Wanted::MyData)
    }
}

/// The language that the visitor chose, or else the one that their browser prefers.
fn language(request: &FrontRequest) -> Language {
    let chosen = cookie(request.cookie.as_deref().unwrap_or_default(), LANGUAGE_COOKIE);
    let preferred = || Language::preferred(request.accept_language.as_deref().unwrap_or_default());
    chosen.and_then(Language::of_tag).unwrap_or_else(preferred)
}

/// What the cookie is called that makes a visitor the same guest again.
fn guest_cookie_name(secure: bool) -> &'static str {
    if secure { GUEST_COOKIE_BY_HTTPS } else { GUEST_COOKIE }
}

/// What the visitor wants to be called.
fn name(cookies: &str) -> Option<PersonName> {
    cookie(cookies, NAME_COOKIE).and_then(percent_decoded)?.parse().ok()
}

pub(super) fn cookie<'a>(cookies: &'a str, name: &str) -> Option<&'a str> {
    cookies.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// A `Set-Cookie` that no script can read and no other site's form can use. Without a life it is taken away.
fn set_cookie(name: &str, value: &str, seconds: u64, request: &FrontRequest) -> String {
    let secure = if request.secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// The room that a path leads to, and the lobby for any other: nobody is sent on to another site.
fn room_of(path: Option<&str>) -> RoomName {
    match path.map(wanted) {
        Some(Some(Wanted::Page(room))) => room,
        _ => RoomName::lobby(),
    }
}

pub(super) fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(path: &str) -> Option<String> {
        match wanted(path)? {
            Wanted::Page(room) => Some(format!("page {room}")),
            Wanted::State(room) => Some(format!("state {room}")),
            Wanted::MyData(_) => Some("data".into()),
        }
    }

    #[test]
    fn a_path_is_a_room_s_page_its_state_or_nothing() {
        for (path, expected) in [
            ("/", Some("page lobby")),
            ("/r/cats", Some("page cats")),
            ("/r/lobby", Some("page lobby")),
            ("/state/cats", Some("state cats")),
            ("/me/data", Some("data")),
            ("/r/", None),
            ("/r/Cats", None),
            ("/r/cats/", None),
            ("/r/../secret", None),
            ("/r/%63ats", None),
            ("/favicon.ico", None),
            ("", None),
        ] {
            assert_eq!(described(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn whoever_has_entered_is_sent_to_a_room_of_this_chat_and_nowhere_else() {
        for (to, expected) in [
            (Some("/"), "/"),
            (Some("/r/cats"), "/r/cats"),
            (Some("/r/cats?x"), "/"),
            (Some("/state/cats"), "/"),
            (Some("https://evil.example/"), "/"),
            (Some("//evil.example/r/cats"), "/"),
            (Some("/r/../../evil"), "/"),
            (Some("/\\evil.example"), "/"),
            (Some("/r/cats\r\nSet-Cookie: x=y"), "/"),
            (Some("javascript:alert(1)"), "/"),
            (Some(""), "/"),
            (None, "/"),
        ] {
            assert_eq!(room_of(to).path(), expected, "{to:?}");
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
            let request = FrontRequest { path: "/".into(), cookie, accept_language, ..FrontRequest::default() };
            assert_eq!(language(&request), expected, "{:?} {header:?}", request.cookie);
        }
    }

    #[test]
    fn a_name_cookie_that_is_not_text_is_no_name() {
        assert_eq!(percent_decoded("%ff"), None);
        assert_eq!(percent_decoded("%4"), None);
        assert_eq!(percent_decoded("%zz"), None);
        assert_eq!(percent_decoded("%+f"), None);
    }
}
