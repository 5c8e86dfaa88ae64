//! The unsent text, stored in this tab for its room and its author. A reload or another language does not lose it, and another person
//! in the same tab does not find it.

use leptos::prelude::*;
use web_sys::Event;

use crate::{
    browser::{events, storage},
    ui::state::Chat,
};

/// Restores what an earlier page of this tab stored, and stores the text when this page is left.
pub(crate) fn keep(chat: Chat) {
    // Where storage is forbidden, what is written lasts as long as the page.
    let Some(storage) = storage::session_storage() else { return };
    let author = chat.room.you.with_untracked(|you| you.id.clone());
    let key = ["draft/", &chat.room_name(), "/", author.as_str()].concat();
    if let Some(field) = chat.composer.field.get_untracked()
        // Somebody may have begun to write before the script ran.
        && field.value().is_empty()
        && let Ok(Some(text)) = storage.get_item(&key)
    {
        field.set_value(&text);
        // The composer measures what is typed.
        _ = Event::new("input").and_then(|event| field.dispatch_event(&event));
    }
    events::on_page_hide(move || {
        let Some(storage) = storage::session_storage() else { return };
        match chat.draft() {
            Some(text) if !text.is_empty() => _ = storage.set_item(&key, &text),
            // Nothing is left of nothing, not even the name of the room.
            Some(_) => _ = storage.remove_item(&key),
            None => {}
        }
    });
}
