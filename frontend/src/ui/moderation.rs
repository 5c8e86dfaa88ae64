//! Dialogs for moderators: room rules, restrictions, audit log.

pub(crate) mod audit_dialog;
pub(crate) mod restriction_dialog;
pub(crate) mod rules_dialog;

use leptos::prelude::*;

use crate::ui::{
    parts::{
        dialog,
        element::{element, reactive},
    },
    state::Chat,
};

/// Draws the buttons that open the dialogs about the room, if the visitor is a moderator.
pub(crate) fn buttons(chat: Chat) -> AnyView {
    let button = move |label, open: fn(Chat)| {
        let open = move |_| {
            dialog::close(chat.rooms.dialog);
            open(chat);
        };
        element("button").class("quiet").with("type", "button").on("click", open).text(label).into_any()
    };
    reactive(move || {
        if !chat.is_moderator() {
            return Vec::new();
        }
        let buttons = [
            button(chat.translations.room_rules, rules_dialog::open),
            button(chat.translations.audit, audit_dialog::open),
        ];
        vec![element("div").class("sheet-ways").children(buttons).into_any()]
    })
}
