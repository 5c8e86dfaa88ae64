//! Fetches the state of a room.

use leptos::prelude::{document, window};
use page_model::connection::EndReason;
use shared_types::{PageState, RoomName, Timestamp, json};
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use crate::browser::{js, location};

/// Fetches a room's state with a new ticket. The error is the reason if the visitor is banned or signed out, and `None`
/// otherwise.
pub(crate) async fn fetch_state(room: &RoomName) -> Result<PageState, Option<EndReason>> {
    let path = ["/state/", room.as_str()].concat();
    let (status, text) = fetch(&path).await.ok_or(None)?;
    match status {
        200 => json::from_str(&text).map_err(|_| None),
        401 => Err(Some(EndReason::SignedOut)),
        403 => Err(banned_until(&text).map(EndReason::Banned)),
        // The visitor is no member of this private room any more: its page says so.
        404 => {
            location::reload();
            Err(None)
        }
        _ => Err(None),
    }
}

/// Returns the state that the page had when its copy was stored last (`public/sw.js`). Pages of the server have none.
pub(crate) fn newer_state() -> Option<PageState> {
    json::from_str(&document().get_element_by_id("newer-state")?.text_content()?).ok()
}

/// Fetches a path. Returns the status and the text of the response. What is loaded on demand uses gloo-net, which would be
/// 1 KB of the first program.
async fn fetch(path: &str) -> Option<(u16, String)> {
    let response: Response = JsFuture::from(window().fetch_with_str(path)).await.ok()?.dyn_into().ok()?;
    let text = JsFuture::from(response.text().ok()?).await.ok()?;
    Some((response.status(), text.as_string()?))
}

/// Reads the end of the ban from the response: `{"standing":{"bannedUntil":…}}`.
fn banned_until(response: &str) -> Option<Timestamp> {
    let response = js_sys::JSON::parse(response).ok()?;
    js::property(&js::property(&response, "standing"), "bannedUntil").as_f64().map(|until| Timestamp(until as u64))
}
