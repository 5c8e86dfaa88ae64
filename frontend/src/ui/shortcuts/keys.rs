//! The keyboard shortcuts that work anywhere on the page.

use leptos::{ev, prelude::*};
use page_model::keys::{Platform, Shortcut};
use web_sys::{Element, wasm_bindgen::JsCast as _};

use crate::ui::{
    parts::{pointer_and_keys::with_key_press, window_events::on_window_event},
    rooms, search_dialog, shortcuts,
    state::Chat,
};

/// Registers the listener.
pub(crate) fn watch(chat: Chat) {
    on_window_event("keydown", move |event| on_key(chat, event.unchecked_ref()));
}

fn on_key(chat: Chat, event: &ev::KeyboardEvent) {
    // The composer has used it.
    if event.default_prevented() {
        return;
    }
    let platform = Platform::of(&window().navigator().platform().unwrap_or_default());
    let open_dialog = match with_key_press(event, |key| key.shortcut(platform, is_typed(event))) {
        Some(Shortcut::Rooms) => rooms::open,
        Some(Shortcut::Search) => search_dialog::open,
        Some(Shortcut::Shortcuts) => shortcuts::open,
        None => return,
    };
    event.prevent_default();
    // One dialog at a time.
    if document().query_selector("dialog[open]").is_ok_and(|open| open.is_none()) {
        open_dialog(chat);
    }
}

/// Whether a key is typed into a form field.
fn is_typed(event: &ev::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.matches("input, textarea, select").unwrap_or(false))
}
