//! Dialogs for moderators: room rules, restrictions, audit log.

pub(crate) mod audit_dialog;
pub(crate) mod restriction_dialog;
pub(crate) mod rules_dialog;

use leptos::ev;
use page_view::{View, element, reactive};

use crate::ui::{parts::dialog, state::Chat};

/// Draws the buttons that open the dialogs about the room, if the visitor is a moderator.
pub(crate) fn buttons(chat: Chat) -> View {
    let button = move |label, open: fn(Chat)| {
        let open = move |_| {
            dialog::close(chat.rooms.dialog);
            open(chat);
        };
        element("button").class("quiet").with("type", "button").on(ev::click, open).text(label)
    };
    reactive(move || {
        if !chat.is_moderator() {
            return None;
        }
        let buttons = [
            button(chat.translations.dialogs().room_rules, rules_dialog::open),
            button(chat.translations.dialogs().audit, audit_dialog::open),
        ];
        Some(element("div").class("sheet-ways").children(buttons))
    })
}
