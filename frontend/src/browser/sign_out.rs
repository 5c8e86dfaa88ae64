//! Signs out: removes everything that the page stored on this device.

use std::time::Duration;

use gloo_net::http::Request;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlFormElement;

use crate::browser::{cookies, events, js, offline, storage};

/// What the next page of this tab says once: the visitor had everything deleted.
const ERASED_FLAG: &str = "deleted";

/// How long a page waits before it is loaded anew where another one was left: that one has its new cookie by then, and the two
/// do not become two new people.
const RELOAD_DELAY: Duration = Duration::from_secs(1);

/// Leaves the chat by its own door, and forgets everything that this page and others of its host keep on this device: where the
/// visitor was and what they read, what they wrote and did not send, their choices, and the copies of pages. Other pages hear
/// of it when the cookie is gone, so none of them can come back with it. `deleted` says whether there was more to delete than that.
pub(crate) async fn sign_out(deleted: bool) {
    storage::stop_storing();
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
        cookies::set_cookie(name, "", "0");
    }
    offline::delete_copies();
    if let Ok(Some(storage)) = &stores[1]
        && deleted
    {
        _ = storage.set_item(ERASED_FLAG, "");
    }
    if answered {
        _ = window().location().set_href("/");
    } else if let Ok(Some(form)) = document().query_selector("form.sign-out") {
        // Whatever hinders it, the browser says it better.
        _ = form.unchecked_into::<HtmlFormElement>().submit();
    }
}

/// Whether the visitor had everything deleted just before this page. It is said once.
pub(crate) fn take_erased_flag() -> bool {
    let said = storage::session_storage().and_then(|storage| {
        let said = storage.get_item(ERASED_FLAG).ok()?;
        _ = storage.remove_item(ERASED_FLAG);
        said
    });
    said.is_some()
}

/// Calls `act` when another page of this host forgot everything.
pub(crate) fn on_storage_cleared(act: impl Fn() + 'static) {
    events::keep_listening(window_event_listener_untyped("storage", move |event| {
        if js::property(&event, "key").is_null() && !storage::has_signed_out() {
            act();
        }
    }));
}

/// The visitor left on another page: what this tab keeps goes, too, and the next page is somebody else's.
pub(crate) fn follow_sign_out() {
    if let Some(storage) = storage::session_storage() {
        _ = storage.clear();
    }
    storage::stop_storing();
    set_timeout(|| _ = window().location().reload(), RELOAD_DELAY);
}
