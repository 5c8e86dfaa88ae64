//! Fetches the state of a room.

use gloo_net::http::Request;
use page_model::connection::EndReason;
use shared_types::{PageState, RoomName, Timestamp, json};

use crate::browser::js;

/// Fetches a room's state with a new ticket. The error is the reason if the visitor is banned or signed out, and `None`
/// otherwise.
pub(crate) async fn fetch_state(room: &RoomName) -> Result<PageState, Option<EndReason>> {
    let path = ["/state/", room.as_str()].concat();
    let response = Request::get(&path).send().await.map_err(|_| None)?;
    let status = response.status();
    let text = response.text().await.map_err(|_| None)?;
    match status {
        200 => json::from_str(&text).map_err(|_| None),
        401 => Err(Some(EndReason::SignedOut)),
        403 => Err(banned_until(&text).map(EndReason::Banned)),
        _ => Err(None),
    }
}

/// Reads the end of the ban from the response: `{"standing":{"bannedUntil":…}}`.
fn banned_until(response: &str) -> Option<Timestamp> {
    let response = js_sys::JSON::parse(response).ok()?;
    js::property(&js::property(&response, "standing"), "bannedUntil").as_f64().map(|until| Timestamp(until as u64))
}
