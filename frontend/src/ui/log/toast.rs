//! What was done, said in passing. It floats over the log, so that nothing moves, and goes by itself.

use leptos::prelude::*;

use crate::ui::{
    parts::element::{element, reactive_text},
    state::Chat,
};

pub(crate) fn toast(chat: Chat) -> AnyView {
    // It is there while it says nothing, or nobody would hear that it begins to.
    let class = move || Some(if chat.room.toast.with(String::is_empty) { "note nothing" } else { "note" }.to_owned());
    let note = element("p").reactive_attribute("class", class).with("role", "status");
    note.child(reactive_text(move || chat.room.toast.get())).into_any()
}
