//! The buttons that open the dialog with the link to the room.

use leptos::ev;
use page_view::{Callback, Element, View, element, reactive};

use crate::ui::{
    parts::icon_button::icon_button,
    state::{Chat, on_demand::DialogRequest},
};

/// Icon of a person with a plus sign.
const ICON: &str = "M10 12a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3.5 19c.6-3 3-4 6.5-4s5.9 1 6.5 4M18.5 7v6M15.5 10h6";

/// Draws the button of the header. Nobody else comes into a direct message.
pub(crate) fn button(chat: Chat) -> View {
    let button = move || {
        icon_button("bar-button", chat.translations.invite.into(), ICON, true, Callback::new(move |()| open(chat)))
    };
    reactive(move || (!chat.room.address().is_direct()).then(button))
}

/// Draws the button of a room without messages.
pub(crate) fn text_button(chat: Chat) -> Element {
    element("button")
        .class("button invite-button")
        .with("type", "button")
        .on(ev::click, move |_| open(chat))
        .text(chat.translations.invite)
}

/// Opens the dialog, as soon as it is loaded.
fn open(chat: Chat) {
    chat.open_dialog(DialogRequest::Invite);
}
