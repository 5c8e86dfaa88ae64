//! Preferences that the server needs: stored in cookies.

use leptos::prelude::*;
use shared_types::{Language, PersonName};
use wasm_bindgen::JsCast as _;
use web_sys::HtmlDocument;

use crate::browser::{location, storage};

/// Keeps the name the visitor chose.
pub(crate) fn store_name(name: &PersonName) {
    set_preference("name=", &String::from(js_sys::encode_uri_component(name.as_str())));
}

/// Keeps the language the visitor chose, and asks the server for the page in it.
pub(crate) fn switch_language(language: Language) {
    set_preference("language=", language.tag());
    location::reload();
}

/// Keeps a choice of the visitor in a cookie: the server's next page has it before any script runs.
fn set_preference(name: &str, value: &str) {
    if !storage::has_signed_out() {
        // 400 days is the longest a browser keeps a cookie.
        set_cookie(name, value, "34560000");
    }
}

pub(crate) fn set_cookie(name: &str, value: &str, seconds: &str) {
    let secure = if location::by_https() { "; Secure" } else { "" };
    let cookie = [name, value, "; Path=/; Max-Age=", seconds, "; SameSite=Lax", secure].concat();
    if let Some(document) = document().dyn_ref::<HtmlDocument>() {
        // Where cookies are forbidden a choice lasts as long as the page.
        _ = document.set_cookie(&cookie);
    }
}
