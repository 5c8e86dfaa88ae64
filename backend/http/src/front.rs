//! The front page: reads requests, finds their route and answers them. One file per group of routes.

mod administration;
mod chat_identity;
mod claim;
mod device;
mod devices;
mod enter;
mod invite;
mod join;
mod links;
mod page_template;
mod passkeys;
pub mod private_image;
mod room;
mod sign_in;
mod sign_out;

use std::{net::IpAddr, sync::Arc};

use chat::{
    access::{
        devices::DeviceRegistry,
        links::AccessLinks,
        oidc::Oidc,
        origin::Origins,
        owner_link::OwnerLinks,
        passkeys::PasskeyAccess,
        passphrase::PassphraseCheck,
        rate_limit::{RateLimiter, RateLimits},
        room_membership::RoomMembership,
        sessions::Sessions,
    },
    cpu::{CpuClient, CpuScheduler},
    front_page::FrontPage,
    messages::{catch_up::CatchUp, export::DataExport, renderer::MessageRenderer},
    moderation::{actions::ModerationActions, restrictions::RestrictionStore},
    ports::{
        Result,
        connection_gateway::ConnectionGateway,
        connections::Connections,
        devices::Devices,
        identity_provider::IdentityProvider,
        messages::Messages,
        moderation::Moderation,
        passkey_ceremony::PasskeyCeremony,
        passkeys::Passkeys,
        profiles::Profiles,
        rate_store::RateStore,
        read_positions::ReadPositions,
        room_members::RoomMembers,
        saved_messages::SavedMessages,
        system::{Clock, Entropy},
        template_store::TemplateStore,
        tokens::Tokens,
    },
    presence::broadcast::Broadcast,
};
use frontend::ssr::{self, index_template::IndexTemplate};
use shared_types::{AccessMode, Emoji, Language, PageState};

use crate::{
    answers::FrontAnswer,
    cookies,
    front::page_template::TemplateCache,
    headers::{self, ConnectTargets, PageOrigin},
    my_data::MyData,
    routes::{Route, logged_path},
};

/// The header in which browsers say which site started a request: `same-origin`, `same-site`, `cross-site` or `none`.
pub const FETCH_SITE: &str = "sec-fetch-site";

/// Answers the requests for pages, for their state, for sign-in and for a visitor's own data.
pub struct FrontHandler {
    front_page: FrontPage,
    passphrase_check: PassphraseCheck,
    /// The links that make owners.
    owner_links: OwnerLinks,
    /// Makes owners.
    moderation: ModerationActions,
    /// The sign-in with a provider, in access mode `oidc`.
    oidc: Option<Oidc>,
    /// Invitations, and links to other devices.
    links: AccessLinks,
    /// Passkeys.
    passkeys: PasskeyAccess,
    /// The origins of the chat's own pages.
    origins: Origins,
    my_data: MyData,
    templates: TemplateCache,
    connect_targets: ConnectTargets,
    /// The turns in which pages of rooms are rendered.
    cpu: CpuScheduler,
}

/// The ports of the front page.
pub struct FrontPorts {
    /// The open connections.
    pub connections: Arc<dyn Connections>,
    /// Closes the sockets of devices that are signed out.
    pub gateway: Arc<dyn ConnectionGateway>,
    /// The stored messages.
    pub messages: Arc<dyn Messages>,
    /// What people saved.
    pub saved: Arc<dyn SavedMessages>,
    /// The built page.
    pub templates: Arc<dyn TemplateStore>,
    /// The restrictions of people and the rules of rooms.
    pub moderation: Arc<dyn Moderation>,
    /// The members of private rooms.
    pub members: Arc<dyn RoomMembers>,
    /// The devices of people.
    pub devices: Arc<dyn Devices>,
    /// The profiles of people.
    pub profiles: Arc<dyn Profiles>,
    /// The passkeys of people.
    pub passkeys: Arc<dyn Passkeys>,
    /// Makes challenges for passkeys, and checks the answers.
    pub ceremony: Arc<dyn PasskeyCeremony>,
    /// The counters of the rate limits.
    pub rate_store: Arc<dyn RateStore>,
    /// Up to where people have read.
    pub read_positions: Arc<dyn ReadPositions>,
    /// The one-use tokens.
    pub tokens: Arc<dyn Tokens>,
    /// The HTTP client for the OpenID Connect provider.
    pub provider: Arc<dyn IdentityProvider>,
    /// Renders messages, in turns of the clients.
    pub renderer: MessageRenderer,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// The settings of the front page.
pub struct FrontSettings {
    /// Signs and reads cookies; knows the access policy.
    pub sessions: Sessions,
    /// The origins of the chat's own pages.
    pub origins: Origins,
    /// Maximum number of messages on a page.
    pub page_size: usize,
    /// The address of the WebSocket for the page: an absolute address, or a path on the page's own host.
    pub socket: String,
    /// The origin to which the page uploads images; `None` is the page's own.
    pub uploads: Option<String>,
}

/// A request for the front page, read from HTTP or from a Lambda event.
#[derive(Default)]
pub struct FrontRequest {
    /// The path, without the query.
    pub path: String,
    /// The query, without its `?`.
    pub query: String,
    /// The posted form; `None` for GET and HEAD.
    pub form: Option<String>,
    /// The `Host` header.
    pub host: Option<String>,
    /// The `Origin` header.
    pub origin: Option<String>,
    /// The `Sec-Fetch-Site` header.
    pub fetch_site: Option<String>,
    /// The IP address of the client, if it is known.
    pub address: Option<IpAddr>,
    /// The `Cookie` header; several are joined with `"; "`.
    pub cookie: Option<String>,
    /// The `Accept-Language` header.
    pub accept_language: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// Whether the client uses HTTPS. Then cookies are set with `Secure`.
    pub secure: bool,
}

impl FrontHandler {
    /// Creates the handler from its ports and settings.
    pub fn new(ports: FrontPorts, settings: FrontSettings) -> Self {
        let FrontPorts {
            connections,
            gateway,
            messages,
            saved,
            templates,
            moderation,
            members,
            devices,
            profiles,
            passkeys,
            ceremony,
            rate_store,
            read_positions,
            provider,
            renderer,
            tokens,
            clock,
            entropy,
        } = ports;
        let FrontSettings { sessions, origins, page_size, socket, uploads } = settings;
        let rate = RateLimiter::new(rate_store, clock.clone(), RateLimits::NONE);
        let client = sessions.access_policy().client().cloned();
        let owner_links = OwnerLinks { tokens: tokens.clone(), clock: clock.clone(), entropy: entropy.clone() };
        let oidc = client.map(|client| Oidc::new(client, provider, clock.clone(), entropy.clone(), sessions.clone()));
        let membership = RoomMembership { members };
        let restriction_store = RestrictionStore {
            moderation: moderation.clone(),
            clock: clock.clone(),
            configured_moderators: sessions.access_policy().moderators().to_vec(),
        };
        let sockets = Broadcast {
            connections: connections.clone(),
            gateway,
            clock: clock.clone(),
            entropy: entropy.clone(),
            deadline: None,
            large_rooms: None,
        };
        let devices = DeviceRegistry { devices, restriction_store: restriction_store.clone(), sockets };
        let export = DataExport {
            messages: messages.clone(),
            read_positions,
            devices: devices.clone(),
            profiles,
            passkeys: passkeys.clone(),
            saved,
            membership: membership.clone(),
            moderation,
            clock: clock.clone(),
        };
        let moderation =
            ModerationActions { restriction_store: restriction_store.clone(), connections: connections.clone() };
        let passphrase_check = PassphraseCheck {
            rate: rate.clone(),
            sessions: sessions.clone(),
            restriction_store: restriction_store.clone(),
        };
        let links = AccessLinks {
            tokens,
            sessions: sessions.clone(),
            restriction_store: restriction_store.clone(),
            membership: membership.clone(),
            rate: rate.clone(),
            entropy,
        };
        let passkeys = PasskeyAccess { links: links.clone(), passkeys, ceremony };
        let my_data = MyData { export, rate };
        let cpu = renderer.cpu.clone();
        let catch_up = CatchUp { messages, clock: clock.clone(), renderer, page_size };
        let connect_targets = ConnectTargets { socket: socket.clone(), uploads };
        let front_page =
            FrontPage { connections, catch_up, sessions, restriction_store, membership, devices, socket, clock };
        let templates = TemplateCache::new(templates);
        Self {
            front_page,
            passphrase_check,
            owner_links,
            moderation,
            oidc,
            links,
            passkeys,
            origins,
            my_data,
            templates,
            connect_targets,
            cpu,
        }
    }

    /// Answers a request. If a store or the template is not available, the answer is 503 with a text that says to try again.
    pub async fn handle(&self, request: FrontRequest) -> FrontAnswer {
        let language = language(&request);
        let answer = match Route::of(&request.path, request.form.as_deref(), self.access()) {
            Route::RoomPage(room) => self.room_page(&room, &request, language).await,
            Route::MovedRoomPage(room) => Ok(FrontAnswer::moved(&room, &request.query, request.secure)),
            Route::RoomState(room) => self.room_state(&room, &request, language).await,
            Route::MyData(start) => match self.session(&request).await {
                Ok(session) => self.my_data.answer(start, session, &request).await,
                Err(cause) => Err(cause),
            },
            Route::Enter { form } => self.enter(form, &request, language).await,
            Route::EnterReload => Ok(FrontAnswer::see_other("/".into(), Vec::new(), request.secure)),
            Route::AdministrationPage => self.administration_page(&request, language).await,
            Route::Manifest => self.manifest(&request).await,
            Route::ChatIcon => Ok(chat_identity::icon(&request)),
            Route::ClaimForm => self.claim_form(200, None, &request, language).await,
            Route::Claim { form } => self.claim(form, &request, language).await,
            Route::SignIn => self.sign_in(&request, language).await,
            Route::SignInCallback => self.sign_in_callback(&request, language).await,
            Route::SignOut { form } => Ok(self.sign_out(form, &request).await),
            Route::InvitationPage => self.invitation_page(&request, language).await,
            Route::AcceptInvitation { form } => self.accept_invitation(form, &request, language).await,
            Route::Invitations => self.invitations(&request).await,
            Route::ChangeInvitations { form } => self.change_invitations(form, &request).await,
            Route::DevicePage => self.device_page(&request, language).await,
            Route::UseDeviceLink { form } => self.use_device_link(form, &request, language).await,
            Route::JoinPage => self.join_page(&request, language).await,
            Route::Join { form } => self.join(form, &request, language).await,
            Route::InviteToRoom { form } => self.invite_to_room(form, &request).await,
            Route::LinkDevice => self.link_device(&request).await,
            Route::Devices => self.devices(&request).await,
            Route::Passkeys => self.list_passkeys(&request, language).await,
            Route::PasskeyStep { step, form } => self.passkey_step(step, form, &request, language).await,
            Route::NotFound => self.not_found(&request, language).await,
            Route::MethodNotAllowed => Ok(FrontAnswer::method_not_allowed(request.secure)),
        };
        answer.unwrap_or_else(|cause| {
            let path = logged_path(&request.path);
            tracing::error!(path, %cause, "the request failed; answering with 503");
            FrontAnswer::plain(503, ssr::unreachable_text(language), request.secure)
        })
    }

    fn access(&self) -> AccessMode {
        self.front_page.sessions.access_policy().access
    }

    /// Returns the `Set-Cookie` value that keeps a session in the browser.
    fn set_session_cookie(&self, value: &str, request: &FrontRequest) -> String {
        let lifetime = self.front_page.sessions.cookie_life();
        cookies::set(cookies::session_cookie(request.secure), value, lifetime, request.secure)
    }

    async fn not_found(&self, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        self.html(404, request, |template| ssr::not_found_page(template, language)).await
    }

    /// Answers with the page of a room, which is rendered in a turn of the client.
    async fn room_html(&self, state: PageState, icon: Option<Emoji>, request: &FrontRequest) -> Result<FrontAnswer> {
        let template = self.templates.current().await?;
        let headers = headers::of_page(&template.script_hashes, &self.connect_targets, request.page_origin());
        let turn = self.cpu.turn(&self.client(request)).await;
        let has_people_panel = cookies::has_people_panel(request.cookies());
        let render = move || {
            let html = ssr::room_page(&template.index, &state);
            let html = icon.map_or_else(|| html.clone(), |icon| ssr::with_chat_icon(&html, &icon));
            if has_people_panel { ssr::with_people_panel(&html) } else { html }
        };
        let html = turn.run("rendering a page", render).await?;
        Ok(FrontAnswer::html(200, headers, html))
    }

    /// Returns the client that takes turns: the address.
    fn client(&self, request: &FrontRequest) -> CpuClient {
        let keys = request.address.map(|address| self.front_page.sessions.address_keys(address)).unwrap_or_default();
        CpuClient::from(keys.as_slice())
    }

    /// Answers with a small page that is rendered into the template.
    async fn html(
        &self,
        status: u16,
        request: &FrontRequest,
        render: impl FnOnce(&IndexTemplate) -> String,
    ) -> Result<FrontAnswer> {
        let template = self.templates.current().await?;
        let headers = headers::of_page(&template.script_hashes, &self.connect_targets, request.page_origin());
        Ok(FrontAnswer::html(status, headers, render(&template.index)))
    }

    /// Returns whether a page of the chat posted the form. Browsers send the origin, and no page can forge it.
    fn is_from_own_page(&self, request: &FrontRequest) -> bool {
        request.origin.is_some() && self.origins.allow(request.origin.as_deref(), request.host.as_deref())
    }

    /// Returns the origin of the chat's pages, as browsers see it.
    fn own_origin(&self, request: &FrontRequest) -> String {
        let scheme = if request.secure { "https" } else { "http" };
        let requested = || format!("{scheme}://{}", request.host.as_deref().unwrap_or_default());
        self.origins.first().map_or_else(requested, ToString::to_string)
    }
}

impl FrontRequest {
    /// Returns the `Cookie` header; empty without one.
    pub(crate) fn cookies(&self) -> &str {
        self.cookie.as_deref().unwrap_or_default()
    }

    /// Returns the value of the session cookie.
    pub(crate) fn session_cookie(&self) -> Option<&str> {
        cookies::value(self.cookies(), cookies::session_cookie(self.secure))
    }

    fn page_origin(&self) -> PageOrigin<'_> {
        PageOrigin { secure: self.secure, host: self.host.as_deref() }
    }
}

/// Returns the language that the visitor chose, or else the one that the browser prefers.
fn language(request: &FrontRequest) -> Language {
    let preferred = || Language::preferred(request.accept_language.as_deref().unwrap_or_default());
    cookies::language(request.cookies()).unwrap_or_else(preferred)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_language_takes_precedence_over_the_browser_s() {
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
