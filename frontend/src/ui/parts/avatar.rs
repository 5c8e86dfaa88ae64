//! The avatar: the initial of a person in their colour.

use page_view::{Element, element};
use shared_types::Person;

use crate::ui::parts::colour::{coloured, initial};

/// Draws an avatar. It is hidden from screen readers, because the name is beside it.
pub(crate) fn avatar(person: &Person) -> Element {
    element("span").class(coloured("avatar", &person.id)).with("aria-hidden", "true").text(initial(person))
}
