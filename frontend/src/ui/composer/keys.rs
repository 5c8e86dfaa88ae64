//! The keys of the composer's field that are loaded on demand: those of the suggestions, and those that format the text.

use leptos::{ev, prelude::*};
use page_model::{formatting::Format, keys::Platform};

use crate::ui::{
    composer::{field::has_selection, format_bar, suggestion_list},
    parts::pointer_and_keys::with_key_press,
    state::Chat,
};

/// Handles a key of the field, which no input method uses. Returns whether it was used.
pub(crate) fn on_key(chat: Chat, event: &ev::KeyboardEvent) -> bool {
    if suggestion_list::on_key(chat, &event.key()) {
        return true;
    }
    let Some(field) = chat.composer.field.get_untracked() else { return false };
    let platform = Platform::of(&window().navigator().platform().unwrap_or_default());
    let format = with_key_press(event, |key| Format::of_key(&key, platform, has_selection(&field)));
    format.map(|format| format_bar::apply(chat, format)).is_some()
}
