//! The address of the page: rooms and messages in it, and the address of the socket.

use leptos::{ev, prelude::*};
use shared_types::{PageState, RoomName, Seq};

use crate::browser::events;

/// The message that the page's address leads to: `#m-` and its place.
pub(crate) fn message_in_address() -> Option<Seq> {
    window().location().hash().ok()?.strip_prefix("#m-")?.parse().ok().map(Seq)
}

/// Calls `act` when the visitor goes to another message's address, or back.
pub(crate) fn on_address_change(act: impl Fn() + 'static) {
    events::keep_listening(window_event_listener(ev::hashchange, move |_| act()));
}

/// Whether the page came by HTTPS.
pub(crate) fn by_https() -> bool {
    window().location().protocol().is_ok_and(|protocol| protocol == "https:")
}

/// Asks the server for this page anew.
pub(crate) fn reload() {
    // Not at once: a reload asks the session whether something would be lost, and the session is busy with saying this.
    queue_microtask(|| _ = window().location().reload());
}

/// The room of the page's path: `/r/{room}`, or the lobby.
pub(crate) fn room_of_path() -> RoomName {
    let path = window().location().pathname().unwrap_or_default();
    path.strip_prefix("/r/").and_then(|room| room.trim_end_matches('/').parse().ok()).unwrap_or_else(RoomName::lobby)
}

/// The socket's address with what it needs to know at once. A path alone means the page's own host.
pub(crate) fn socket_address(page: &PageState) -> String {
    let mut address = String::new();
    if page.socket.starts_with('/') {
        address.push_str(if by_https() { "wss://" } else { "ws://" });
        address.push_str(&window().location().host().unwrap_or_default());
    }
    address.push_str(&page.socket);
    let name = page.you.name.as_str();
    for (key, value) in [("?room=", page.room.as_str()), ("&ticket=", &page.ticket), ("&name=", name)] {
        address.push_str(key);
        address.push_str(&String::from(js_sys::encode_uri_component(value)));
    }
    address
}
