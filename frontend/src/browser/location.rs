//! The address of the page: rooms and messages in it, and the address of the socket.

use leptos::prelude::*;
use shared_types::{PageState, RoomName, Seq};
use wasm_bindgen::JsValue;

use crate::{browser::js, ui::parts::window_events::on_window_event};

/// Returns the message in the fragment of the address: `#m-` and its sequence number.
pub(crate) fn message_in_address() -> Option<Seq> {
    window().location().hash().ok()?.strip_prefix("#m-")?.parse().ok().map(Seq)
}

/// Calls `act` when the fragment of the address changes.
pub(crate) fn on_address_change(act: impl Fn() + 'static) {
    on_window_event("hashchange", move |_| act());
}

/// Calls `act` when the visitor goes back or forward without leaving the page.
pub(crate) fn on_history(act: impl Fn() + 'static) {
    on_window_event("popstate", move |_| act());
}

/// Sets the address of another room, to which the visitor can go back.
pub(crate) fn push(room: &RoomName) {
    js::call(&js::property(&window(), "history"), "pushState", &[JsValue::NULL, "".into(), room.path().into()]);
}

/// Address of the page that opens the administration.
const ADMINISTRATION: &str = "/admin";

/// Returns whether the page is at the address that opens the administration.
pub(crate) fn is_administration() -> bool {
    window().location().pathname().is_ok_and(|path| path == ADMINISTRATION)
}

/// Replaces the address of the administration by that of the room, so that a reload does not open it again.
pub(crate) fn leave_administration(room: &RoomName) {
    if is_administration() {
        let arguments = [JsValue::NULL, "".into(), room.path().into()];
        js::call(&js::property(&window(), "history"), "replaceState", &arguments);
    }
}

/// Removes an empty fragment from the address. The answer to the form of an invitation leads to an address with one, because the fragment
/// before it, the token, would be kept otherwise.
pub(crate) fn remove_empty_fragment() {
    let location = window().location();
    if let Ok(address) = location.href()
        && let Some(clean) = address.strip_suffix('#')
    {
        let arguments = [JsValue::NULL, "".into(), clean.into()];
        js::call(&js::property(&window(), "history"), "replaceState", &arguments);
    }
}

/// Whether the page was loaded by HTTPS.
pub(crate) fn is_https() -> bool {
    window().location().protocol().is_ok_and(|protocol| protocol == "https:")
}

/// Reloads the page.
pub(crate) fn reload() {
    // Deferred: the reload asks the session for unsaved work, and the session is borrowed now.
    queue_microtask(|| _ = window().location().reload());
}

/// Loads the page of a room, deferred as [`reload`].
pub(crate) fn load_room(room: &RoomName) {
    let path = room.path();
    queue_microtask(move || _ = window().location().set_href(&path));
}

/// Returns the room in the path, `/r/{room}`, or the lobby.
pub(crate) fn room_of_path() -> RoomName {
    let path = window().location().pathname().unwrap_or_default();
    path.strip_prefix("/r/").and_then(|room| room.trim_end_matches('/').parse().ok()).unwrap_or_else(RoomName::lobby)
}

/// Returns the address of the socket with its parameters. An address that is only a path is on the page's host.
pub(crate) fn socket_address(page: &PageState) -> String {
    let mut address = String::new();
    if page.socket.starts_with('/') {
        address.push_str(if is_https() { "wss://" } else { "ws://" });
        address.push_str(&window().location().host().unwrap_or_default());
    }
    address.push_str(&page.socket);
    let name = page.you.name.as_str();
    for (key, value) in [("?room=", page.room.as_str()), ("&ticket=", &page.ticket), ("&name=", name)] {
        address.push_str(key);
        address.push_str(&String::from(js_sys::encode_uri_component(value)));
    }
    address.push_str("&frames=messages");
    address
}
