//! Loads the style sheet of the dialogs. Its link is disabled in `index.html`, so that the browser does not load it before.

use js_sys::Promise;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement};

/// The link, until the style sheet is loaded.
const LINK: &str = "link[href*='/on_demand-'][disabled]";

/// How long the style sheet may be loaded, in milliseconds: as long as the other file (`frontend/split/src/loader.rs`).
const LIMIT_MS: i32 = 60_000;

/// Requests the style sheet, unless it is there. Returns whether it is applied, once that is known. After a failure, it can be
/// requested again.
pub(crate) fn load() -> impl Future<Output = bool> {
    let disabled = document().query_selector(LINK).ok().flatten();
    let requested = disabled.and_then(|disabled| request(&disabled).map(|loaded| (disabled, loaded)));
    async {
        let Some((disabled, (link, loaded))) = requested else { return true };
        let is_loaded = loaded.await.is_ok();
        if is_loaded {
            disabled.remove()
        } else {
            link.remove()
        }
        is_loaded
    }
}

/// Adds a copy of the disabled link that is not disabled.
fn request(disabled: &Element) -> Option<(HtmlElement, JsFuture)> {
    let link: HtmlElement = disabled.clone_node().ok()?.unchecked_into();
    link.remove_attribute("disabled").ok()?;
    let loaded = Promise::new(&mut |resolve, reject| {
        link.set_onload(Some(&resolve));
        link.set_onerror(Some(&reject));
        _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&reject, LIMIT_MS);
    });
    disabled.after_with_node_1(&link).ok()?;
    Some((link, loaded.into()))
}
