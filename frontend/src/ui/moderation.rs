//! How moderators keep order in a room: what holds in it, and what was done.

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

/// The way to both dialogs, for moderators.
pub(crate) fn buttons(chat: Chat) -> AnyView {
    let way = move |label, open: fn(Chat)| {
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
        let ways =
            [way(chat.translations.room_rules, rules_dialog::open), way(chat.translations.audit, audit_dialog::open)];
        vec![element("div").class("sheet-ways").children(ways).into_any()]
    })
}
