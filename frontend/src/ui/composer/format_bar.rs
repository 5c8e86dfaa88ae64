//! The buttons that format the text in the composer, and the one that makes a poll. They are loaded on demand.

use leptos::ev;
use page_model::formatting::Format;
use page_view::{Callback, Element, View, element, reactive};

use crate::ui::{composer::field::edit_selection, parts::icon_button::icon_button, poll_dialog, state::Chat};

const BOLD: &str = "M7.5 5h5.250a3.500 3.500 0 0 1 0 7H7.500zM7.500 12h6.250a3.500 3.500 0 0 1 0 7H7.500z";
const ITALIC: &str = "M10 5h7M7 19h7M14 5l-4 14";
const CODE: &str = "M8.500 7L3.500 12l5 5M15.500 7l5 5-5 5";
const LINK: &str = "M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.700-5.700l-1.300 1.300M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.700 5.700l1.300-1.300";
const POLL: &str = "M4 6h10M4 12h16M4 18h6";

/// Draws the buttons, while they are shown.
pub(crate) fn bar(chat: Chat) -> View {
    reactive(move || chat.composer.has_format_bar.get().then(|| buttons(chat)))
}

fn buttons(chat: Chat) -> Element {
    let texts = chat.translations.dialogs();
    let open_poll = move |()| poll_dialog::show(chat, "", &[]);
    let button = |format, label: &'static str, icon| {
        icon_button("format", label.into(), icon, true, Callback::new(move |()| apply(chat, format)))
    };
    element("div")
        .class("format-bar")
        .with("role", "toolbar")
        .with("aria-label", chat.translations.formatting)
        // A click leaves the focus and the selection in the field.
        .on(ev::mousedown, |event| event.prevent_default())
        .child(button(Format::Bold, texts.bold, BOLD))
        .child(button(Format::Italic, texts.italic, ITALIC))
        .child(button(Format::Code, texts.code, CODE))
        .child(button(Format::Link, texts.link, LINK))
        .child(icon_button("format", chat.translations.lists().poll.into(), POLL, true, Callback::new(open_poll)))
}

/// Adds a format to the selected text, or removes it.
pub(crate) fn apply(chat: Chat, format: Format) {
    chat.focus();
    if let Some(field) = chat.composer.field.get_untracked() {
        edit_selection(&field, |selection| format.toggle(selection));
    }
}
