//! The draft, stored in this tab by room and author. It survives a reload and a switch of the language. Another person
//! who uses the same tab does not see it.

use leptos::prelude::*;
use web_sys::Event;

use crate::{
    browser::{events, storage},
    ui::state::Chat,
};

/// Restores the draft that an earlier page of this tab stored, and stores the draft when this page is left.
pub(crate) fn restore_and_store(chat: Chat) {
    // If storage is forbidden, the draft lasts until the page is left.
    let Some(storage) = storage::session_storage() else { return };
    let author = chat.room.you.with_untracked(|you| you.id.clone());
    let key = ["draft/", &chat.room_name(), "/", author.as_str()].concat();
    if let Some(field) = chat.composer.field.get_untracked()
        // The visitor may have typed before the script ran.
        && field.value().is_empty()
        && let Ok(Some(text)) = storage.get_item(&key)
    {
        field.set_value(&text);
        // The composer updates its height and its counter on this event.
        _ = Event::new("input").and_then(|event| field.dispatch_event(&event));
    }
    events::on_page_hide(move || {
        let Some(storage) = storage::session_storage() else { return };
        match chat.draft() {
            Some(text) if !text.is_empty() => _ = storage.set_item(&key, &text),
            // An empty draft leaves no entry, because its key would reveal the name of the room.
            Some(_) => _ = storage.remove_item(&key),
            None => {}
        }
    });
}
