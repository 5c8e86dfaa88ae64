//! What was done, said in passing. It floats over the log, so that nothing moves, and goes by itself.

use leptos::prelude::*;

use crate::ui::{
    parts::element::{alive_text, element},
    state::Chat,
};

pub(crate) fn note(chat: Chat) -> AnyView {
    // It is there while it says nothing, or nobody would hear that it begins to.
    let class = move || Some(if chat.room.toast.with(String::is_empty) { "note nothing" } else { "note" }.to_owned());
    let note = element("p").follows("class", class).with("role", "status");
    note.child(alive_text(move || chat.room.toast.get())).into_any()
}
