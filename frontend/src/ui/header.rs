//! The header: the room, the number of people online, search, and the visitor's name.

use leptos::{html, prelude::*};
use page_model::connection::Status;

use crate::ui::{parts::avatar::avatar, people_dialog, profile, rooms, search_dialog, state::Chat};

#[component]
pub(crate) fn Header(
    chat: Chat,
    /// The profile dialog.
    dialog: NodeRef<html::Dialog>,
    /// The dialog that lists the people in the room.
    people: NodeRef<html::Dialog>,
) -> impl IntoView {
    let me = move || {
        let you = chat.room.you.get();
        view! {
            <button class="me" type="button" title=chat.translations.about_you on:click=move |_| profile::open(chat, dialog)>
                {avatar(&you)}
                <span class="me-name">{you.name.to_string()}</span>
            </button>
        }
    };
    let online = move || match chat.room.status.get() {
        // A banned or signed-out visitor does not see who is online.
        Status::Ended(_) => chat.translations.offline.into(),
        _ => chat.translations.online.of(chat.room.online.get() as usize),
    };
    view! {
        <header class="bar">
            <h1 class="room">{rooms::room_button(chat)}</h1>
            <button
                class="presence"
                type="button"
                title=chat.translations.people
                on:click=move |_| people_dialog::open(chat, people)
            >
                <span class="dot" aria-hidden="true"></span>
                <span class="online">{online}</span>
            </button>
            {search_dialog::button(chat)}
            {me}
        </header>
    }
}
