//! What the page takes from the browser besides its document: the clock, chance, storage and the network's moods.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use gloo_net::http::Request;
use js_sys::{Function, Promise, Reflect};
use leptos::{ev, prelude::*};
use page_model::connection::Over;
use shared_types::{Language, PageState, PersonName, RoomName, Seq, Timestamp};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Clipboard, DataTransfer, DragEvent, FileList, HtmlDocument, HtmlFormElement, Storage};

use crate::{components::message_id, offline};

/// The page's icon, and what is drawn over it while something is unread.
const ICON: &str = include_str!("../public/icon.svg");
const DOT: &str = r##"<circle cx="24" cy="8" r="8" fill="#fff"/><circle cx="24" cy="8" r="6" fill="#d3232f"/></svg>"##;

/// Now, in milliseconds since 1970 on the visitor's clock.
pub(crate) fn now() -> u64 {
    js_sys::Date::now() as u64
}

/// A random number, for spreading retries in time. It guards nothing.
pub(crate) fn random() -> u32 {
    (js_sys::Math::random() * f64::from(u32::MAX)) as u32
}

/// A token that nobody has: 128 bits of chance in hexadecimal.
pub(crate) fn unique_token() -> String {
    let mut bytes = [0; 16];
    // Without chance from the browser there is still the clock, and the author is part of a message's identity anyway.
    let drawn = window().crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    if drawn.is_err() {
        bytes = (u128::from(now()) << 64 | u128::from(random())).to_be_bytes();
    }
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

/// The message that the page's address leads to: `#m-` and its place.
pub(crate) fn addressed_message() -> Option<Seq> {
    window().location().hash().ok()?.strip_prefix("#m-")?.parse().ok().map(Seq)
}

/// Copies the address of a message. Where a page may not copy, the address is at least in the address bar. Says whether it was
/// copied.
pub(crate) async fn copy_address(seq: Seq) -> bool {
    let location = window().location();
    let hash = ["#", &message_id(seq)].concat();
    let page = [location.origin(), location.pathname()].into_iter().flatten().collect::<String>();
    let copied = copy(&[&page, &hash].map(String::as_str).concat()).await;
    if !copied {
        _ = location.set_hash(&hash);
    }
    copied
}

/// Copies a text. Says whether it was copied: only a page that came by HTTPS has a clipboard, and the browser may forbid it.
pub(crate) async fn copy(text: &str) -> bool {
    let clipboard = property(&window().navigator(), "clipboard");
    clipboard.is_object() && JsFuture::from(clipboard.unchecked_into::<Clipboard>().write_text(text)).await.is_ok()
}

/// Calls `act` when the visitor goes to another message's address, or back.
pub(crate) fn on_address(act: impl Fn() + 'static) {
    forget(window_event_listener(ev::hashchange, move |_| act()));
}

/// Up to where the visitor has read a room, as an earlier page noted it.
pub(crate) fn read_mark(room: &RoomName) -> Option<Seq> {
    recall(&read_key(room))?.parse().ok().map(Seq)
}

/// Notes up to where the visitor has read a room.
pub(crate) fn keep_read_mark(room: &RoomName, read: Seq) {
    remember(&read_key(room), &read.to_string());
}

fn read_key(room: &RoomName) -> String {
    ["read/", room.as_str()].concat()
}

/// Whether nothing more is to be kept on this device: the visitor left.
static LEFT: AtomicBool = AtomicBool::new(false);

/// Whether the visitor left, here or on another page of this host.
pub(crate) fn has_left() -> bool {
    LEFT.load(Ordering::Relaxed)
}

/// What the browser keeps for this page's host, unless that is forbidden or the visitor left.
pub(crate) fn local_storage() -> Option<Storage> {
    window().local_storage().ok()?.filter(|_| !has_left())
}

/// What the browser keeps for this tab, under the same conditions.
pub(crate) fn session_storage() -> Option<Storage> {
    window().session_storage().ok()?.filter(|_| !has_left())
}

/// Keeps the name the visitor chose.
pub(crate) fn keep_name(name: &PersonName) {
    keep("name=", &String::from(js_sys::encode_uri_component(name.as_str())));
}

/// Keeps the language the visitor chose, and asks the server for the page in it.
pub(crate) fn speak(language: Language) {
    keep("language=", language.tag());
    reload();
}

/// Keeps a choice of the visitor in a cookie: the server's next page has it before any script runs.
fn keep(name: &str, value: &str) {
    if !has_left() {
        // 400 days is the longest a browser keeps a cookie.
        set_cookie(name, value, "34560000");
    }
}

fn set_cookie(name: &str, value: &str, seconds: &str) {
    let secure = if by_https() { "; Secure" } else { "" };
    let cookie = [name, value, "; Path=/; Max-Age=", seconds, "; SameSite=Lax", secure].concat();
    if let Some(document) = document().dyn_ref::<HtmlDocument>() {
        // Where cookies are forbidden a choice lasts as long as the page.
        _ = document.set_cookie(&cookie);
    }
}

/// Whether the page came by HTTPS.
fn by_https() -> bool {
    window().location().protocol().is_ok_and(|protocol| protocol == "https:")
}

/// What the next page of this tab says once: the visitor had everything deleted.
const DELETED: &str = "deleted";

/// How long a page waits before it is loaded anew where another one was left: that one has its new cookie by then, and the two
/// do not become two new people.
const AFTER_THE_OTHER: Duration = Duration::from_secs(1);

/// Lets nothing more be kept on this device. What is there stays.
pub(crate) fn stop_keeping() {
    LEFT.store(true, Ordering::Relaxed);
}

/// Leaves the chat by its own door, and forgets everything that this page and others of its host keep on this device: where the
/// visitor was and what they read, what they wrote and did not send, their choices, and the copies of pages. Other pages hear
/// of it when the cookie is gone, so none of them can come back with it. `deleted` says whether there was more to delete than that.
pub(crate) async fn leave(deleted: bool) {
    stop_keeping();
    let asked = Request::post("/sign-out").header("content-type", "application/x-www-form-urlencoded").body("by=page");
    let answered = match asked {
        Ok(request) => request.send().await.is_ok_and(|answer| answer.ok()),
        Err(_) => false,
    };
    // The host is this chat's alone: whatever is there is ours.
    let stores = [window().local_storage(), window().session_storage()];
    for storage in stores.iter().filter_map(|storage| storage.as_ref().ok()?.as_ref()) {
        _ = storage.clear();
    }
    for name in ["name=", "language="] {
        set_cookie(name, "", "0");
    }
    offline::forget();
    if let Ok(Some(storage)) = &stores[1]
        && deleted
    {
        _ = storage.set_item(DELETED, "");
    }
    if answered {
        _ = window().location().set_href("/");
    } else if let Ok(Some(form)) = document().query_selector("form.sign-out") {
        // Whatever hinders it, the browser says it better.
        _ = form.unchecked_into::<HtmlFormElement>().submit();
    }
}

/// Whether the visitor had everything deleted just before this page. It is said once.
pub(crate) fn was_deleted() -> bool {
    let said = session_storage().and_then(|storage| {
        let said = storage.get_item(DELETED).ok()?;
        _ = storage.remove_item(DELETED);
        said
    });
    said.is_some()
}

/// Calls `act` when another page of this host forgot everything.
pub(crate) fn on_forgotten(act: impl Fn() + 'static) {
    forget(window_event_listener_untyped("storage", move |event| {
        if property(&event, "key").is_null() && !has_left() {
            act();
        }
    }));
}

/// The visitor left on another page: what this tab keeps goes, too, and the next page is somebody else's.
pub(crate) fn follow_out() {
    if let Some(storage) = session_storage() {
        _ = storage.clear();
    }
    stop_keeping();
    set_timeout(|| _ = window().location().reload(), AFTER_THE_OTHER);
}

/// Asks the server for this page anew.
pub(crate) fn reload() {
    // Not at once: a reload asks the session whether something would be lost, and the session is busy with saying this.
    queue_microtask(|| _ = window().location().reload());
}

/// Waits.
pub(crate) async fn pause(length: Duration) {
    let (done, pause) = futures::channel::oneshot::channel();
    set_timeout(move || _ = done.send(()), length);
    _ = pause.await;
}

/// Selects the text of an element, as if the visitor had done it.
pub(crate) fn select(element: &str) {
    if let Ok(Some(element)) = document().query_selector(element)
        && let Some(selection) = call(&window(), "getSelection", &[])
    {
        call(&selection, "selectAllChildren", &[element.into()]);
    }
}

/// Whether the page is looked at.
pub(crate) fn visible() -> bool {
    !document().hidden()
}

/// The locales that the visitor prefers, best first: language tags.
pub(crate) fn locales() -> impl Iterator<Item = String> {
    window().navigator().languages().into_iter().filter_map(|tag| tag.as_string())
}

/// The room of the page's path: `/r/{room}`, or the lobby.
pub(crate) fn room_of_path() -> RoomName {
    let path = window().location().pathname().unwrap_or_default();
    path.strip_prefix("/r/").and_then(|room| room.trim_end_matches('/').parse().ok()).unwrap_or_else(RoomName::lobby)
}

/// Asks the server for a room's state, and with it a fresh ticket. Where there is none, it may have said why there will be
/// none.
pub(crate) async fn fetch_state(room: &RoomName) -> Result<PageState, Option<Over>> {
    let path = ["/state/", room.as_str()].concat();
    let answer = Request::get(&path).send().await.map_err(|_| None)?;
    let status = answer.status();
    let text = answer.text().await.map_err(|_| None)?;
    match status {
        200 => serde_json::from_str(&text).map_err(|_| None),
        401 => Err(Some(Over::SignedOut)),
        403 => Err(banned_until(&text).map(Over::Banned)),
        _ => Err(None),
    }
}

/// Until when the visitor is to stay away: `{"standing":{"bannedUntil":…}}`.
fn banned_until(answer: &str) -> Option<Timestamp> {
    let answer = js_sys::JSON::parse(answer).ok()?;
    property(&property(&answer, "standing"), "bannedUntil").as_f64().map(|until| Timestamp(until as u64))
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

/// Calls `act` when the network changes and when the page is looked at again.
pub(crate) fn on_wake(act: impl Fn() + Clone + 'static) {
    for event in ["online", "offline", "pageshow"] {
        let act = act.clone();
        forget(window_event_listener_untyped(event, move |_| act()));
    }
    let listener = Closure::<dyn Fn()>::new(act).into_js_value();
    _ = document().add_event_listener_with_callback("visibilitychange", listener.unchecked_ref());
}

/// Calls `act` whenever this may be the last that is heard of the page: a phone ends hidden pages without a word.
pub(crate) fn on_leave(act: impl Fn() + Clone + 'static) {
    for event in ["pagehide", "visibilitychange"] {
        let act = act.clone();
        forget(window_event_listener_untyped(event, move |_| act()));
    }
}

/// Calls `act` with the files that are dropped on the page, and marks the document as `data-dragging` while some are over
/// it. Wherever they are dropped, they do not take the page's place.
pub(crate) fn on_drop(act: impl Fn(Option<FileList>) + Clone + 'static) {
    for name in ["dragover", "dragleave", "drop"] {
        let act = act.clone();
        forget(window_event_listener_untyped(name, move |event| {
            let event: &DragEvent = event.unchecked_ref();
            let Some(root) = document().document_element() else { return };
            // From one element to another there is something it enters.
            if name == "dragleave" {
                if event.related_target().is_none() {
                    _ = root.remove_attribute("data-dragging");
                }
                return;
            }
            let files = |dragged: &DataTransfer| dragged.types().includes(&"Files".into(), 0);
            let Some(dragged) = event.data_transfer().filter(files) else { return };
            event.prevent_default();
            if name == "dragover" {
                _ = root.set_attribute("data-dragging", "");
            } else {
                _ = root.remove_attribute("data-dragging");
                act(dragged.files());
            }
        }));
    }
}

/// Lets the browser ask whether to leave the page, while something would be lost by that.
pub(crate) fn before_leaving(loses: impl Fn() -> bool + 'static) {
    forget(window_event_listener(ev::beforeunload, move |event| {
        if loses() {
            event.prevent_default();
        }
    }));
}

/// What was kept on this device under a name.
pub(crate) fn recall(name: &str) -> Option<String> {
    local_storage()?.get_item(name).ok()?
}

/// Keeps something on this device. Where storage is full or forbidden, it lasts as long as the page.
pub(crate) fn remember(name: &str, value: &str) {
    if let Some(storage) = local_storage() {
        _ = storage.set_item(name, value);
    }
}

/// Says by the page's icon, and by the badge of an installed page, that so many messages are unread.
pub(crate) fn mark(unread: u32) {
    if let Ok(Some(icon)) = document().query_selector("link[rel=icon]") {
        let plain = icon.get_attribute("data-plain").or_else(|| icon.get_attribute("href")).unwrap_or_default();
        let marked = || {
            let drawing = ICON.replace("</svg>", DOT);
            ["data:image/svg+xml,", &String::from(js_sys::encode_uri_component(&drawing))].concat()
        };
        _ = icon.set_attribute("href", &if unread > 0 { marked() } else { plain.clone() });
        _ = icon.set_attribute("data-plain", &plain);
    }
    // Not every browser has one.
    let navigator = window().navigator();
    settle(match unread {
        0 => call(&navigator, "clearAppBadge", &[]),
        unread => call(&navigator, "setAppBadge", &[unread.into()]),
    });
}

/// A property that not every browser has; undefined where it is missing.
pub(crate) fn property(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or_default()
}

/// Calls a method that not every browser has.
pub(crate) fn call(on: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let method: Function = property(on, name).dyn_into().ok()?;
    method.apply(on, &arguments.iter().collect()).ok()
}

/// Lets a promise end as it likes.
pub(crate) fn settle(promise: Option<JsValue>) {
    if let Some(promise) = promise.and_then(|promise| promise.dyn_into::<Promise>().ok()) {
        spawn_local(async move { _ = JsFuture::from(promise).await });
    }
}

/// A listener that lives as long as the page.
fn forget(listener: WindowListenerHandle) {
    std::mem::forget(listener);
}
