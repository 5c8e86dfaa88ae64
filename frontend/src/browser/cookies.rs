//! Cookies with the preferences that the server needs.

use leptos::prelude::*;
use shared_types::{Language, PersonId, PersonName};
use wasm_bindgen::JsCast as _;
use web_sys::HtmlDocument;

use crate::browser::{js, location, storage};

/// The cookie of the name, with the sign that follows.
const NAME: &str = "name=";

/// Returns the stored name of the visitor.
pub(crate) fn stored_name() -> Option<PersonName> {
    String::from(js_sys::decode_uri_component(&cookie(NAME)?).ok()?).parse().ok()
}

/// Returns whether the visitor is this guest because the device was signed out from another one: then the server sets a cookie with the
/// guest's id.
pub(crate) fn was_signed_out(guest: &PersonId) -> bool {
    cookie("signed-out=").is_some_and(|id| id == guest.as_str())
}

/// Returns the value of a cookie. `name` has the sign that follows.
fn cookie(name: &str) -> Option<String> {
    let cookies = js::property(&document(), "cookie").as_string()?;
    // Searching for a text and not for a character would be 700 bytes of the first program.
    let value = cookies.split(' ').find_map(|cookie| cookie.strip_prefix(name))?;
    Some(value.trim_end_matches(';').to_owned())
}

/// Stores the visitor's name.
pub(crate) fn store_name(name: &PersonName) {
    set_preference(NAME, &String::from(js_sys::encode_uri_component(name.as_str())));
}

/// Stores the visitor's language and reloads the page in it.
pub(crate) fn switch_language(language: Language) {
    set_preference("language=", language.tag());
    location::reload();
}

/// Stores whether the panel with the people is open.
pub(crate) fn store_people_panel(is_open: bool) {
    set_preference("people=", if is_open { "open" } else { "closed" });
}

/// Stores a preference in a cookie, so that the server renders the next page with it.
fn set_preference(name: &str, value: &str) {
    if !storage::has_signed_out() {
        // 400 days, the maximum lifetime that browsers allow for a cookie.
        set_cookie(name, value, "34560000");
    }
}

pub(crate) fn set_cookie(name: &str, value: &str, seconds: &str) {
    let secure = if location::is_https() { "; Secure" } else { "" };
    let cookie = [name, value, "; Path=/; Max-Age=", seconds, "; SameSite=Lax", secure].concat();
    if let Some(document) = document().dyn_ref::<HtmlDocument>() {
        // If cookies are forbidden, the preference lasts until the page is closed.
        _ = document.set_cookie(&cookie);
    }
}
