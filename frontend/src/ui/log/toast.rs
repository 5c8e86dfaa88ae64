//! The toast: a confirmation that disappears after a while. It floats over the log, so showing it moves nothing.

use page_view::{Element, element, reactive_text};

use crate::ui::state::Chat;

pub(crate) fn toast(chat: Chat) -> Element {
    // Screen readers announce changes of an existing element only, so the empty toast stays in the document.
    let class = move || Some(if chat.room.toast.with(String::is_empty) { "note nothing" } else { "note" }.to_owned());
    let paragraph = element("p").reactive_attribute("class", class).with("role", "status");
    paragraph.child(reactive_text(move || chat.room.toast.get()))
}
