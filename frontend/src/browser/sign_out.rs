//! Signs out: removes everything that the page stored on this device.

use std::time::Duration;

use gloo_net::http::Request;
use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{HtmlFormElement, HtmlInputElement, RequestRedirect, ResponseType};

use crate::{
    browser::{cookies, js, offline, storage},
    ui::parts::window_events::on_window_event,
};

/// Storage key that tells the next page of this tab that all data was deleted.
const ERASED_FLAG: &str = "deleted";

/// Field of the form that tells the server that the page clears the storage by itself. Without the field the browser clears
/// it after the answer, and so removes [`ERASED_FLAG`], too.
const CLEARED_BY: (&str, &str) = ("by", "page");

/// Delay before a page reloads after another one signed out. The new cookie is set by then, and both pages get the same
/// new visitor.
const RELOAD_DELAY: Duration = Duration::from_secs(1);

/// Signs out and removes everything that the pages of this host stored on this device: read positions, unsent messages,
/// preferences, and copies of pages. Other pages notice when the storage is cleared, after the cookie is gone.
/// `deleted` says whether all messages were deleted, too.
pub(crate) async fn sign_out(deleted: bool) {
    storage::stop_storing();
    let succeeded = post_sign_out().await;
    // The host belongs to this chat only: everything in its storage is ours.
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
    if succeeded {
        _ = window().location().set_href("/");
    } else {
        // The browser shows the error if this fails, too.
        _ = submit_form();
    }
}

/// Removes the session cookie. Returns whether the server did it: it answers with a redirect then. The redirect is not
/// followed, because the page behind it can fail when the visitor is signed out already.
async fn post_sign_out() -> bool {
    let (name, value) = CLEARED_BY;
    let request = Request::post("/sign-out")
        .header("content-type", "application/x-www-form-urlencoded")
        .redirect(RequestRedirect::Manual)
        .body([name, "=", value].concat());
    let Ok(request) = request else { return false };
    let answer = request.send().await;
    answer.is_ok_and(|answer| answer.ok() || answer.type_() == ResponseType::Opaqueredirect)
}

/// Signs out with the form of the page, as the browser does without scripts.
fn submit_form() -> Result<(), JsValue> {
    let Some(form) = document().query_selector("form.sign-out")? else { return Ok(()) };
    let (name, value) = CLEARED_BY;
    let field: HtmlInputElement = document().create_element("input")?.unchecked_into();
    field.set_type("hidden");
    field.set_name(name);
    field.set_value(value);
    form.append_child(&field)?;
    form.unchecked_into::<HtmlFormElement>().submit()
}

/// Whether all data was deleted just before this page. Returns `true` once.
pub(crate) fn take_erased_flag() -> bool {
    let tab = storage::tab();
    let flag = tab.get(ERASED_FLAG);
    tab.remove(ERASED_FLAG);
    flag.is_some()
}

/// Calls `act` when another page of this host cleared the storage.
pub(crate) fn on_storage_cleared(act: impl Fn() + 'static) {
    on_window_event("storage", move |event| {
        if js::property(&event, "key").is_null() && !storage::has_signed_out() {
            act();
        }
    });
}

/// Clears this tab and reloads it as a new visitor, after the visitor signed out on another page.
pub(crate) fn follow_sign_out() {
    if let Ok(Some(storage)) = window().session_storage() {
        _ = storage.clear();
    }
    storage::stop_storing();
    set_timeout(|| _ = window().location().reload(), RELOAD_DELAY);
}
