//! `GET /`, `GET /r/{room}` and `GET /state/{room}`: the page, and what it knows; and `GET /me/data` (`my_data.rs`). In front
//! of it the door: `POST /enter` (`GET` leads to the lobby), `GET /sign-in`, `GET /sign-in/callback` and `POST /sign-out`.

pub mod answer;
mod enter;
pub mod form;
mod sign_in;

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use frontend::ssr::{self, index_template::IndexTemplate};
use serde_json::json;
use shared_types::{AccessMode, Language, PageState, RoomName};

pub use answer::FrontAnswer;
pub use form::{FORM_BYTES, FORM_TYPE, NotRead, form};

use chat::{
    access::{
        oidc::Oidc,
        origin::Origins,
        passphrase::PassphraseCheck,
        rate_limit::{RateLimiter, RateLimits},
        sessions::Sessions,
    },
    front_page::FrontPage,
    messages::{catch_up::CatchUp, export::DataExport},
    moderation::restrictions::RestrictionStore,
    ports::{
        Result, Unavailable,
        connections::Connections,
        identity_provider::IdentityProvider,
        messages::Messages,
        moderation::Moderation,
        rate_store::RateStore,
        system::{Clock, Entropy},
        template_store::TemplateStore,
    },
};

use super::{headers, my_data};
use crate::{
    cookies,
    headers::{Places, Visitor},
    my_data::MyData,
};

/// The header in which a browser says who led it to an address: the page itself, another one, or its visitor.
pub const FETCH_SITE: &str = "sec-fetch-site";

/// The front page's route.
pub struct FrontHandler {
    front_page: FrontPage,
    enter: PassphraseCheck,
    /// Where people sign in with a provider.
    oidc: Option<Oidc>,
    /// Which pages are the chat's own.
    origins: Origins,
    my_data: MyData,
    templates: Arc<dyn TemplateStore>,
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
    pub templates: Arc<dyn TemplateStore>,
    /// What moderators decided.
    pub moderation: Arc<dyn Moderation>,
    /// How often the passphrase was tried.
    pub rate_store: Arc<dyn RateStore>,
    /// The way to who vouches for people.
    pub provider: Arc<dyn IdentityProvider>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// What a chat is told about its front page.
pub struct FrontSettings {
    /// The door, and who comes through it.
    pub sessions: Sessions,
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

impl FrontHandler {
    /// Wires the route.
    pub fn new(ports: FrontPorts, settings: FrontSettings) -> Self {
        let FrontPorts { connections, messages, templates, moderation, rate_store, provider, clock, entropy } = ports;
        let FrontSettings { sessions, origins, page_size, socket, uploads } = settings;
        let rate = RateLimiter::new(rate_store, clock.clone(), RateLimits::NONE);
        let client = sessions.access_policy().client().cloned();
        let (c, e, i) = (clock.clone(), entropy, sessions.clone());
        let oidc = client.map(|client| Oidc::new(client, provider, c, e, i));
        let restriction_store = RestrictionStore {
            moderation,
            clock: clock.clone(),
            configured_moderators: sessions.access_policy().moderators().to_vec(),
        };
        let enter = PassphraseCheck {
            rate: rate.clone(),
            sessions: sessions.clone(),
            restriction_store: restriction_store.clone(),
        };
        let export = DataExport { messages: messages.clone(), clock: clock.clone() };
        let my_data = MyData { export, rate, sessions: sessions.clone() };
        let catch_up = CatchUp { messages, clock, page_size };
        let places = Places { socket: socket.clone(), uploads };
        let front_page = FrontPage { connections, catch_up, sessions, restriction_store, socket };
        Self { front_page, enter, oidc, origins, templates, my_data, places, parsed: Mutex::new(None) }
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
        self.front_page.sessions.access_policy().access
    }

    async fn visit(&self, wanted: Wanted, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        let header = request.cookies();
        let guest = cookies::value(header, cookies::session_cookie(request.secure));
        let name = cookies::person_name(header);
        let (room, as_page) = match wanted {
            Wanted::Page(room) => (room, true),
            Wanted::State(room) => (room, false),
            Wanted::MyData(part) => return self.my_data.give(part, guest, name, request.secure).await,
        };
        let sessions = &self.front_page.sessions;
        let addresses = request.address.map(|address| sessions.address_keys(address)).unwrap_or_default();
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
        let lifetime = self.front_page.sessions.cookie_life();
        cookies::set(cookies::session_cookie(request.secure), value, lifetime, request.secure)
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
        let index_html = self.templates.index_html().await?;
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
    /// The `Cookie` header; empty without one.
    pub(crate) fn cookies(&self) -> &str {
        self.cookie.as_deref().unwrap_or_default()
    }

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
    let preferred = || Language::preferred(request.accept_language.as_deref().unwrap_or_default());
    cookies::language(request.cookies()).unwrap_or_else(preferred)
}

/// The room that a path leads to, and the lobby for any other: nobody is sent on to another site.
fn room_of(path: Option<&str>) -> RoomName {
    match path.map(wanted) {
        Some(Some(Wanted::Page(room))) => room,
        _ => RoomName::lobby(),
    }
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
}
