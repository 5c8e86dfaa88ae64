//! The route table: which handler answers a method and a path.

use shared_types::{AccessMode, CHAT_ICON_PATH, RoomName};

use crate::my_data::ExportStart;

/// The route of a request. Routes of another access mode are [`NotFound`](Self::NotFound) for GET and
/// [`MethodNotAllowed`](Self::MethodNotAllowed) for POST.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    /// `GET /` for the lobby, `GET /r/{room}` for any room: the page of the room.
    RoomPage(RoomName),
    /// `GET /r/{room}` in upper case or with slashes after it: another address of the page of this room.
    MovedRoomPage(RoomName),
    /// `GET /state/{room}`: the state of that page as JSON.
    RoomState(RoomName),
    /// `GET /me/data` and `GET /me/data/{room}/{nonce}`: the visitor's own messages.
    MyData(ExportStart),
    /// `POST /enter` with the passphrase; access mode `passphrase`.
    Enter {
        /// The posted form.
        form: &'a str,
    },
    /// `GET /enter`: a reload of the page that answered a wrong passphrase; access mode `passphrase`.
    EnterReload,
    /// `GET /admin`: the page of the lobby, with the administration open; for owners.
    AdministrationPage,
    /// `GET /manifest.webmanifest`: what an installed app is called and looks like.
    Manifest,
    /// `GET /chat-icon.svg?emoji=`: an emoji as an image.
    ChatIcon,
    /// `GET /claim`: the page of an owner link.
    ClaimForm,
    /// `POST /claim` with the token of an owner link.
    Claim {
        /// The posted form.
        form: &'a str,
    },
    /// `GET /sign-in`: to the provider; access mode `oidc`.
    SignIn,
    /// `GET /sign-in/callback`: back from the provider; access mode `oidc`.
    SignInCallback,
    /// `POST /sign-out`.
    SignOut {
        /// The posted form.
        form: &'a str,
    },
    /// `GET /invite`: the page that an invitation leads to.
    InvitationPage,
    /// `POST /invite` with the token of an invitation.
    AcceptInvitation {
        /// The posted form.
        form: &'a str,
    },
    /// `GET /invitations`: the invitations as JSON; access mode `passphrase`.
    Invitations,
    /// `POST /invitations`: makes or revokes an invitation; access mode `passphrase`.
    ChangeInvitations {
        /// The posted form.
        form: &'a str,
    },
    /// `GET /device`: the page that a link to another device leads to; not in access mode `oidc`.
    DevicePage,
    /// `POST /device` with the token of such a link; not in access mode `oidc`.
    UseDeviceLink {
        /// The posted form.
        form: &'a str,
    },
    /// `GET /join`: the page that an invitation to a private room leads to.
    JoinPage,
    /// `POST /join` with the token of such an invitation.
    Join {
        /// The posted form.
        form: &'a str,
    },
    /// `POST /room-invitations`: makes such an invitation.
    InviteToRoom {
        /// The posted form.
        form: &'a str,
    },
    /// `POST /device-links`: makes such a link; not in access mode `oidc`.
    LinkDevice,
    /// `GET /devices`: the devices on which the visitor is signed in, as JSON.
    Devices,
    /// `GET /passkeys`: the passkeys of the visitor, as JSON; not in access mode `oidc`.
    Passkeys,
    /// `POST /passkeys/…`; not in access mode `oidc`.
    PasskeyStep {
        /// What is asked for.
        step: PasskeyStep,
        /// The posted form.
        form: &'a str,
    },
    /// `GET` of any other path.
    NotFound,
    /// `POST` to any other path.
    MethodNotAllowed,
}

/// A step of adding a passkey, of removing one, or of signing in with one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PasskeyStep {
    /// `/passkeys/register`: makes a challenge to add a passkey.
    Register,
    /// `/passkeys/registered`: adds the passkey of an answer.
    Registered,
    /// `/passkeys/remove`: removes a passkey.
    Remove,
    /// `/passkeys/sign-in`: makes a challenge to sign in.
    SignIn,
    /// `/passkeys/signed-in`: signs the browser in with an answer.
    SignedIn,
}

impl PasskeyStep {
    /// Returns the step of the rest of a path after `/passkeys/`.
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "register" => Self::Register,
            "registered" => Self::Registered,
            "remove" => Self::Remove,
            "sign-in" => Self::SignIn,
            "signed-in" => Self::SignedIn,
            _ => return None,
        })
    }
}

impl<'a> Route<'a> {
    /// Returns the route of a path in a chat with this access mode. A request with a form is a POST, any other a GET.
    pub(crate) fn of(path: &str, form: Option<&'a str>, access: AccessMode) -> Self {
        match form {
            Some(form) => Self::post(path, form, access),
            None => Self::get(path, access),
        }
    }

    fn post(path: &str, form: &'a str, access: AccessMode) -> Self {
        match (path, access) {
            ("/enter", AccessMode::Passphrase) => Self::Enter { form },
            ("/claim", _) => Self::Claim { form },
            ("/sign-out", _) => Self::SignOut { form },
            ("/invite", _) => Self::AcceptInvitation { form },
            ("/invitations", AccessMode::Passphrase) => Self::ChangeInvitations { form },
            ("/join", _) => Self::Join { form },
            ("/room-invitations", _) => Self::InviteToRoom { form },
            ("/device", AccessMode::Open | AccessMode::Passphrase) => Self::UseDeviceLink { form },
            ("/device-links", AccessMode::Open | AccessMode::Passphrase) => Self::LinkDevice,
            (_, AccessMode::Open | AccessMode::Passphrase) => {
                let step = path.strip_prefix("/passkeys/").and_then(PasskeyStep::of);
                step.map_or(Self::MethodNotAllowed, |step| Self::PasskeyStep { step, form })
            }
            _ => Self::MethodNotAllowed,
        }
    }

    fn get(path: &str, access: AccessMode) -> Self {
        match (path, access) {
            ("/enter", AccessMode::Passphrase) => Self::EnterReload,
            ("/admin", _) => Self::AdministrationPage,
            ("/manifest.webmanifest", _) => Self::Manifest,
            (CHAT_ICON_PATH, _) => Self::ChatIcon,
            ("/claim", _) => Self::ClaimForm,
            ("/sign-in", AccessMode::Oidc) => Self::SignIn,
            ("/sign-in/callback", AccessMode::Oidc) => Self::SignInCallback,
            ("/invite", _) => Self::InvitationPage,
            ("/invitations", AccessMode::Passphrase) => Self::Invitations,
            ("/join", _) => Self::JoinPage,
            ("/devices", _) => Self::Devices,
            ("/device", AccessMode::Open | AccessMode::Passphrase) => Self::DevicePage,
            ("/passkeys", AccessMode::Open | AccessMode::Passphrase) => Self::Passkeys,
            _ => Self::page_or_data(path).unwrap_or(Self::NotFound),
        }
    }

    fn page_or_data(path: &str) -> Option<Self> {
        if let Some(room) = path.strip_prefix("/state/") {
            return room.parse().ok().map(Self::RoomState);
        }
        page_room(path)
            .map(Self::RoomPage)
            .or_else(|| moved_page_room(path).map(Self::MovedRoomPage))
            .or_else(|| ExportStart::of_path(path).map(Self::MyData))
    }
}

/// An example of every path with a route, with `{room}` for the name of a room. Tests that a route must not forget go through all of them.
pub const EXAMPLES: [&str; 32] = [
    "/",
    "/r/{room}",
    "/r/{room}/",
    "/state/{room}",
    "/me/data",
    "/me/data/{room}/n-1",
    "/enter",
    "/admin",
    "/manifest.webmanifest",
    "/chat-icon.svg?emoji=%F0%9F%90%88",
    "/claim",
    "/sign-in",
    "/sign-in?to=/r/{room}",
    "/sign-in/callback",
    "/sign-out",
    "/invite",
    "/invite?to=/r/{room}",
    "/invitations",
    "/join",
    "/room-invitations",
    "/device",
    "/device-links",
    "/devices",
    "/passkeys",
    "/passkeys/register",
    "/passkeys/registered",
    "/passkeys/remove",
    "/passkeys/sign-in",
    "/passkeys/signed-in",
    "/nothing",
    "/images/hana/{room}/h-1",
    "/pictures/hana",
];

/// Returns whether the answer of a path is made without rendering and without reading messages, so that it is no page load: the manifest
/// and the icon, which browsers request beside a page.
pub fn is_beside_a_page(path: &str) -> bool {
    matches!(path, "/manifest.webmanifest" | CHAT_ICON_PATH)
}

/// Returns what the log shows of a path. An unknown path may be text that a person pasted, and a path of an image, an upload or an
/// export has parts that only its owner should know.
pub fn logged_path(path: &str) -> &str {
    const KNOWN: [&str; 24] = [
        "/admin",
        "/manifest.webmanifest",
        CHAT_ICON_PATH,
        "/claim",
        "/enter",
        "/sign-in",
        "/sign-in/callback",
        "/sign-out",
        "/me/data",
        "/ws",
        "/sw.js",
        "/invite",
        "/invitations",
        "/join",
        "/room-invitations",
        "/device",
        "/device-links",
        "/devices",
        "/passkeys",
        "/passkeys/register",
        "/passkeys/registered",
        "/passkeys/remove",
        "/passkeys/sign-in",
        "/passkeys/signed-in",
    ];
    const SHORTENED: [(&str, &str); 7] = [
        ("/images/", "/images/…"),
        ("/pictures/", "/pictures/…"),
        ("/uploads/", "/uploads/…"),
        ("/me/data/", "/me/data/…"),
        ("/assets/", "/assets/…"),
        ("/state/", "/state/…"),
        ("/r/", "/r/…"),
    ];
    let is_of_room = page_room(path).is_some() || matches!(Route::page_or_data(path), Some(Route::RoomState(_)));
    if is_of_room || KNOWN.contains(&path) {
        return path;
    }
    SHORTENED.iter().find(|(prefix, _)| path.starts_with(prefix)).map_or("/…", |(_, shown)| *shown)
}

/// Returns the room whose page has this path.
fn page_room(path: &str) -> Option<RoomName> {
    if path == "/" { Some(RoomName::lobby()) } else { path.strip_prefix("/r/")?.parse().ok() }
}

/// Returns the room that a path means that is the address of no page: names have no upper case and no slash.
fn moved_page_room(path: &str) -> Option<RoomName> {
    path.strip_prefix("/r/")?.trim_end_matches('/').to_ascii_lowercase().parse().ok()
}

/// Returns the room to redirect to after signing in: the room whose page has this path, or else the lobby. A redirect never
/// leads to another site.
pub(crate) fn redirect_room(path: Option<&str>) -> RoomName {
    path.and_then(page_room).unwrap_or_else(RoomName::lobby)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODES: [AccessMode; 3] = [AccessMode::Open, AccessMode::Passphrase, AccessMode::Oidc];

    #[test]
    fn the_log_shows_only_known_parts_of_a_path() {
        for path in [
            "/",
            "/r/cats",
            "/state/cats",
            "/admin",
            "/claim",
            "/enter",
            "/sign-in",
            "/sign-in/callback",
            "/sign-out",
            "/ws",
            "/sw.js",
        ] {
            assert_eq!(logged_path(path), path);
        }
        for (path, shown) in [
            ("/me/data", "/me/data"),
            ("/me/data/cats/n-1", "/me/data/…"),
            ("/images/ann/cats/n-1", "/images/…"),
            ("/pictures/ann", "/pictures/…"),
            ("/uploads/ann/cats/n-1/9.png/5/mac", "/uploads/…"),
            ("/assets/page-1a2b.js", "/assets/…"),
            ("/r/my%20text", "/r/…"),
            ("/r/Cats/", "/r/…"),
            ("/state/my%20text", "/state/…"),
            ("/sign-in/my-text", "/…"),
            ("/my-text", "/…"),
            ("my-text", "/…"),
            ("", "/…"),
        ] {
            assert_eq!(logged_path(path), shown, "{path}");
        }
    }

    fn described(path: &str, access: AccessMode) -> Option<String> {
        match Route::of(path, None, access) {
            Route::RoomPage(room) => Some(format!("page {room}")),
            Route::MovedRoomPage(room) => Some(format!("moved {room}")),
            Route::RoomState(room) => Some(format!("state {room}")),
            Route::MyData(_) => Some("data".into()),
            Route::NotFound => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn rooms_and_their_states_have_paths() {
        for (path, expected) in [
            ("/", Some("page lobby")),
            ("/r/cats", Some("page cats")),
            ("/r/lobby", Some("page lobby")),
            ("/state/cats", Some("state cats")),
            ("/me/data", Some("data")),
            ("/r/", None),
            ("/r/Cats", Some("moved cats")),
            ("/r/cats/", Some("moved cats")),
            ("/r/CATS-2//", Some("moved cats-2")),
            ("/r/Lobby/", Some("moved lobby")),
            ("/r/cats/dogs", None),
            ("/r//cats", None),
            ("/r//", None),
            ("/r/Katzen+Hunde", None),
            ("/r/%43ats", None),
            ("/state/Cats", None),
            ("/r/../secret", None),
            ("/r/%63ats", None),
            ("/favicon.ico", None),
            ("", None),
        ] {
            for access in MODES {
                assert_eq!(described(path, access).as_deref(), expected, "{path}");
            }
        }
    }

    #[test]
    fn routes_of_another_access_mode_do_not_exist() {
        use AccessMode::{Oidc, Open, Passphrase};
        let form = Some("x=1");
        for (path, form, access, expected) in [
            ("/enter", form, Passphrase, Route::Enter { form: "x=1" }),
            ("/enter", None, Passphrase, Route::EnterReload),
            ("/enter", form, Open, Route::MethodNotAllowed),
            ("/enter", form, Oidc, Route::MethodNotAllowed),
            ("/enter", None, Oidc, Route::NotFound),
            ("/sign-in", None, Oidc, Route::SignIn),
            ("/sign-in", form, Oidc, Route::MethodNotAllowed),
            ("/sign-in", None, Passphrase, Route::NotFound),
            ("/sign-in/callback", None, Oidc, Route::SignInCallback),
            ("/sign-in/callback", None, Open, Route::NotFound),
            ("/invitations", None, Passphrase, Route::Invitations),
            ("/invitations", None, Open, Route::NotFound),
            ("/invitations", form, Passphrase, Route::ChangeInvitations { form: "x=1" }),
            ("/invitations", form, Oidc, Route::MethodNotAllowed),
            ("/device", None, Open, Route::DevicePage),
            ("/device", None, Oidc, Route::NotFound),
            ("/device", form, Passphrase, Route::UseDeviceLink { form: "x=1" }),
            ("/device", form, Oidc, Route::MethodNotAllowed),
            ("/device-links", form, Open, Route::LinkDevice),
            ("/device-links", form, Oidc, Route::MethodNotAllowed),
            ("/device-links", None, Open, Route::NotFound),
            ("/devices", None, Open, Route::Devices),
            ("/devices", None, Oidc, Route::Devices),
            ("/devices", form, Open, Route::MethodNotAllowed),
            ("/passkeys", None, Open, Route::Passkeys),
            ("/passkeys", None, Oidc, Route::NotFound),
            ("/passkeys", form, Open, Route::MethodNotAllowed),
            ("/passkeys/sign-in", form, Passphrase, Route::PasskeyStep { step: PasskeyStep::SignIn, form: "x=1" }),
            ("/passkeys/sign-in", form, Oidc, Route::MethodNotAllowed),
            ("/passkeys/sign-in", None, Open, Route::NotFound),
            ("/passkeys/other", form, Open, Route::MethodNotAllowed),
        ] {
            assert_eq!(Route::of(path, form, access), expected, "{path} {form:?} {access:?}");
        }
    }

    #[test]
    fn an_invitation_leads_to_a_page_in_every_access_mode() {
        for access in MODES {
            assert_eq!(Route::of("/invite", None, access), Route::InvitationPage);
            assert_eq!(Route::of("/invite", Some("x=1"), access), Route::AcceptInvitation { form: "x=1" });
        }
    }

    /// Returns a number of a route. The match has no default: a new route does not compile without a number, and the test then asks for
    /// an example.
    fn number(route: &Route<'_>) -> usize {
        match route {
            Route::RoomPage(_) => 0,
            Route::MovedRoomPage(_) => 1,
            Route::RoomState(_) => 2,
            Route::MyData(_) => 3,
            Route::Enter { .. } => 4,
            Route::EnterReload => 5,
            Route::ClaimForm => 6,
            Route::Claim { .. } => 7,
            Route::SignIn => 8,
            Route::SignInCallback => 9,
            Route::SignOut { .. } => 10,
            Route::InvitationPage => 11,
            Route::AcceptInvitation { .. } => 12,
            Route::Invitations => 13,
            Route::ChangeInvitations { .. } => 14,
            Route::JoinPage => 15,
            Route::Join { .. } => 16,
            Route::InviteToRoom { .. } => 17,
            Route::DevicePage => 18,
            Route::UseDeviceLink { .. } => 19,
            Route::LinkDevice => 20,
            Route::NotFound => 21,
            Route::MethodNotAllowed => 22,
            Route::AdministrationPage => 23,
            Route::Manifest => 24,
            Route::ChatIcon => 25,
            Route::Devices => 26,
            Route::Passkeys => 27,
            Route::PasskeyStep { .. } => 28,
        }
    }

    #[test]
    fn every_route_has_an_example() {
        let mut reached = std::collections::BTreeSet::new();
        for example in EXAMPLES {
            let path = example.replace("{room}", "cats");
            let path = path.split('?').next().unwrap_or_default();
            for access in MODES {
                reached.extend([None, Some("x=1")].map(|form| number(&Route::of(path, form, access))));
            }
        }
        assert_eq!(reached, (0..=28).collect());
    }

    #[test]
    fn private_rooms_have_invitations_in_every_access_mode() {
        for access in MODES {
            assert_eq!(Route::of("/join", None, access), Route::JoinPage);
            assert_eq!(Route::of("/join", Some("x=1"), access), Route::Join { form: "x=1" });
            assert_eq!(Route::of("/room-invitations", Some("x=1"), access), Route::InviteToRoom { form: "x=1" });
            assert_eq!(Route::of("/room-invitations", None, access), Route::NotFound);
        }
    }

    #[test]
    fn pages_and_data_accept_no_form() {
        for access in MODES {
            assert_eq!(Route::of("/sign-out", Some(""), access), Route::SignOut { form: "" });
            assert_eq!(Route::of("/sign-out", None, access), Route::NotFound);
            assert_eq!(Route::of("/claim", Some("token=x"), access), Route::Claim { form: "token=x" });
            assert_eq!(Route::of("/claim", None, access), Route::ClaimForm);
            for path in ["/", "/r/cats", "/state/cats", "/me/data", "/admin", "/nothing"] {
                assert_eq!(Route::of(path, Some(""), access), Route::MethodNotAllowed, "{path}");
            }
        }
    }

    #[test]
    fn a_redirect_leads_to_a_room_of_this_chat() {
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
            assert_eq!(redirect_room(to).path(), expected, "{to:?}");
        }
    }
}
