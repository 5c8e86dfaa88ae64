//! The state of the connection. It floats over the log, so showing it moves nothing.

use leptos::prelude::*;
use page_model::connection::Status;

use crate::ui::state::{Chat, intent::Intent};

#[component]
pub(crate) fn ConnectionStatus(chat: Chat) -> impl IntoView {
    let state = move || match chat.room.status.get() {
        Status::Connecting => chat.translations.connecting,
        Status::Live => chat.translations.connected,
        Status::Blocked(_) => chat.translations.blocked,
        // The posting notice shows the reason and what the visitor can do.
        Status::Ended(_) | Status::Offline(_) => chat.translations.offline,
    };
    let is_blocked = move || matches!(chat.room.status.get(), Status::Blocked(_));
    let offline = move || match chat.room.status.get() {
        Status::Offline(seconds) | Status::Blocked(seconds) => Some(view! {
            // Screen readers would read the countdown out every second.
            <span class="countdown" aria-hidden="true">{chat.translations.retrying(seconds)}</span>
            <button class="button" type="button" on:click=move |_| chat.dispatch.run(Intent::Reconnect)>
                {chat.translations.reconnect}
            </button>
        }),
        Status::Connecting | Status::Live | Status::Ended(_) => None,
    };
    view! {
        <div class="connection">
            <p class="connection-state" class:sentence=is_blocked role="status">{state}</p>
            {offline}
        </div>
    }
}
