//! Fetches the state of a room with a fresh ticket.

use gloo_net::http::Request;
use page_model::connection::EndReason;
use shared_types::{PageState, RoomName, Timestamp};

use crate::browser::js;

/// Asks the server for a room's state, and with it a fresh ticket. Where there is none, it may have said why there will be
/// none.
pub(crate) async fn fetch_state(room: &RoomName) -> Result<PageState, Option<EndReason>> {
    let path = ["/state/", room.as_str()].concat();
    let answer = Request::get(&path).send().await.map_err(|_| None)?;
    let status = answer.status();
    let text = answer.text().await.map_err(|_| None)?;
    match status {
        200 => serde_json::from_str(&text).map_err(|_| None),
        401 => Err(Some(EndReason::SignedOut)),
        403 => Err(banned_until(&text).map(EndReason::Banned)),
        _ => Err(None),
    }
}

/// Until when the visitor is to stay away: `{"standing":{"bannedUntil":…}}`.
fn banned_until(answer: &str) -> Option<Timestamp> {
    let answer = js_sys::JSON::parse(answer).ok()?;
    js::property(&js::property(&answer, "standing"), "bannedUntil").as_f64().map(|until| Timestamp(until as u64))
}
