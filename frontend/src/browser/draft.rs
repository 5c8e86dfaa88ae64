//! The draft, stored in this tab by room and author. It survives a reload, a switch of the language and a failure of the
//! program. Another person who uses the same tab does not see it.

use std::sync::atomic::{AtomicBool, Ordering};

use page_view::effect;
use web_sys::Event;

use crate::{
    browser::storage::{self, Store},
    ui::state::Chat,
};

/// Whether a reload would lose the draft, because storage is forbidden or full.
static IS_UNSTORED: AtomicBool = AtomicBool::new(false);

/// Whether a reload would lose the draft.
pub(crate) fn is_unstored() -> bool {
    IS_UNSTORED.load(Ordering::Relaxed)
}

/// Restores the draft that an earlier page of this tab stored, and stores it whenever it changes: a program that fails
/// has no occasion to do so.
pub(crate) fn restore_and_store(chat: Chat) {
    if let Some(field) = chat.composer.field.get_untracked()
        // The visitor may have typed before the script ran.
        && field.value().is_empty()
        && let Some(text) = stored(chat)
    {
        field.set_value(&text);
        // The composer updates its height and its counter on this event.
        _ = Event::new("input").and_then(|event| field.dispatch_event(&event));
    }
    effect(move || {
        // It is set whenever the text changes.
        _ = chat.composer.chars.get();
        if let Some(text) = chat.draft() {
            IS_UNSTORED.store(!store(storage::tab(), &key(chat), &text), Ordering::Relaxed);
        }
    });
}

/// Returns the stored draft of the room that is shown.
pub(crate) fn stored(chat: Chat) -> Option<String> {
    storage::tab().get(&key(chat))
}

fn key(chat: Chat) -> String {
    let author = chat.room.you.with_untracked(|you| you.id.clone());
    ["draft/", &chat.room_name(), "/", author.as_str()].concat()
}

/// Stores a draft. Returns whether it survives a reload. An empty draft leaves no entry, because its key would reveal the
/// name of the room.
fn store(tab: Store, key: &str, text: &str) -> bool {
    if text.is_empty() {
        tab.remove(key);
        return true;
    }
    tab.set(key, text)
}
