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
    let cookies = document().dyn_ref::<HtmlDocument>()?.cookie().ok()?;
    let value = cookies.split("; ").find_map(|cookie| cookie.strip_prefix(NAME))?;
    String::from(js_sys::decode_uri_component(value).ok()?).parse().ok()
}

/// Returns whether the visitor is this guest because the device was signed out from another one: then the server sets a cookie with the
/// guest's id.
pub(crate) fn was_signed_out(guest: &PersonId) -> bool {
    let cookies = js::property(&document(), "cookie").as_string().unwrap_or_default();
    // Searching for a text and not for a character would be 700 bytes of the first program.
    let names_guest =
        |cookie: &str| cookie.strip_prefix("signed-out=").is_some_and(|id| id.trim_end_matches(';') == guest.as_str());
    cookies.split(' ').any(names_guest)
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
