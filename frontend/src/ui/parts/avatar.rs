//! The avatar: the picture of a person, or their initial in their colour.

use std::borrow::Cow;

use page_view::{Element, element};
use shared_types::{Person, picture_path};

use crate::ui::{parts::colour::initial, state::Chat};

/// [`shared_types::limits::PICTURE_SIDE`] as a text.
pub(crate) const SIDE: &str = "96";

/// Draws an avatar. It is hidden from screen readers, because the name is beside it.
pub(crate) fn avatar(chat: Chat, person: &Person) -> Element {
    let initial =
        element("span").class(chat.coloured("avatar", person)).with("aria-hidden", "true").text(initial(person));
    initial.child(picture(person))
}

/// Draws the picture of a person, if they have one. The style sheet puts it over the initial, which is seen where it cannot be loaded.
pub(crate) fn picture(person: &Person) -> Option<Element> {
    let version = person.appearance.picture?.0.to_string();
    let source = [picture_path(&person.id).as_str(), "?v=", &version].concat();
    Some(lazy_image([SIDE, SIDE].map(Into::into), String::new(), source).class("picture"))
}

/// Draws an image with a width and a height. Browsers load it when it comes into view.
pub(crate) fn lazy_image([width, height]: [Cow<'static, str>; 2], alt: String, source: String) -> Element {
    element("img")
        .with("loading", "lazy")
        .with("decoding", "async")
        .with("width", width)
        .with("height", height)
        .with("alt", alt)
        .with("src", source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_side_of_a_picture_is_the_one_that_the_server_checks() {
        assert_eq!(SIDE, shared_types::limits::PICTURE_SIDE.to_string());
    }
}
