//! The state of the connection. It floats over the log, so showing it moves nothing.

use leptos::ev;
use page_model::connection::Status;
use page_view::{Element, element, reactive, reactive_text};

use crate::ui::state::{Chat, intent::Intent};

/// Draws the state.
pub(crate) fn connection_status(chat: Chat) -> Element {
    let state = move || match chat.room.status.get() {
        Status::Connecting => chat.translations.connecting,
        Status::Live => chat.translations.connected,
        Status::Blocked(_) => chat.translations.blocked,
        // The posting notice shows the reason and what the visitor can do.
        Status::Ended(_) | Status::Offline(_) => chat.translations.offline,
    };
    let class = move || {
        let is_blocked = matches!(chat.room.status.get(), Status::Blocked(_));
        Some(if is_blocked { "connection-state sentence" } else { "connection-state" })
    };
    let offline = move || match chat.room.status.get() {
        Status::Offline(seconds) | Status::Blocked(seconds) => vec![
            // Screen readers would read the countdown out every second.
            element("span").class("countdown").with("aria-hidden", "true").text(chat.translations.retrying(seconds)),
            element("button")
                .class("button")
                .with("type", "button")
                .on(ev::click, move |_| chat.dispatch.run(Intent::Reconnect))
                .text(chat.translations.reconnect),
        ],
        Status::Connecting | Status::Live | Status::Ended(_) => Vec::new(),
    };
    let state = element("p").reactive_attribute("class", class).with("role", "status").child(reactive_text(state));
    element("div").class("connection").child(state).child(reactive(offline))
}
