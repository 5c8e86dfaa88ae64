//! Shows who is typing. It floats over the end of the log, so showing it moves nothing. Screen readers do not announce
//! it, because it changes too often.

use page_view::{Element, element, reactive_text};

use crate::ui::state::Chat;

pub(crate) fn typing(chat: Chat) -> Element {
    element("p").class("typing").child(reactive_text(move || chat.room.typing.get()))
}
