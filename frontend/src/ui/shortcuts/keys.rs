//! The keyboard shortcuts that work anywhere on the page.

use leptos::{ev, prelude::*};
use web_sys::{Element, wasm_bindgen::JsCast as _};

use crate::ui::{rooms, search_dialog, shortcuts, state::Chat};

/// Registers the listener.
pub(crate) fn watch(chat: Chat) {
    // The listener lives as long as the page.
    std::mem::forget(window_event_listener(ev::keydown, move |event| on_key(chat, &event)));
}

fn on_key(chat: Chat, event: &ev::KeyboardEvent) {
    let key = event.key();
    let command = event.ctrl_key() || event.meta_key();
    let open_dialog = match key.as_str() {
        "k" | "K" if command && !event.shift_key() && !event.alt_key() => rooms::open,
        "/" if !command && !is_typed(event) => search_dialog::open,
        "?" if !command && !is_typed(event) => shortcuts::open,
        _ => return,
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
