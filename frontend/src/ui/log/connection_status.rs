//! How the connection is, while it is not as it should be. It floats over the log, so nothing moves when it comes or goes.

use leptos::prelude::*;
use page_model::connection::Status;

use crate::ui::state::{Chat, intent::Intent};

#[component]
pub(crate) fn ConnectionStatus(chat: Chat) -> impl IntoView {
    let state = move || match chat.room.status.get() {
        Status::Connecting => chat.translations.connecting,
        Status::Live => chat.translations.connected,
        // Why, and what can be done, stands where messages are written.
        Status::Ended(_) | Status::Offline(_) => chat.translations.offline,
    };
    let offline = move || match chat.room.status.get() {
        Status::Offline(seconds) => Some(view! {
            // A countdown that was read out every second would drown everything else.
            <span class="countdown" aria-hidden="true">{chat.translations.retrying(seconds)}</span>
            <button class="button" type="button" on:click=move |_| chat.dispatch.run(Intent::Reconnect)>
                {chat.translations.reconnect}
            </button>
        }),
        Status::Connecting | Status::Live | Status::Ended(_) => None,
    };
    view! {
        <div class="connection">
            <p class="connection-state" role="status">{state}</p>
            {offline}
        </div>
    }
}
