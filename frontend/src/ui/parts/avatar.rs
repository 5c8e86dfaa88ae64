//! The avatar: the initial of a person in their colour.

use page_view::{Element, element};
use shared_types::Person;

use crate::ui::{parts::colour::initial, state::Chat};

/// Draws an avatar. It is hidden from screen readers, because the name is beside it.
pub(crate) fn avatar(chat: Chat, person: &Person) -> Element {
    element("span").class(chat.coloured("avatar", &person.id)).with("aria-hidden", "true").text(initial(person))
}
