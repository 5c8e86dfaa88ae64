//! The layout of the page: which parts it has, and in which order.

use leptos::prelude::*;
use page_model::connection::Status;
use page_view::{Element, element};

use crate::ui::{
    composer::composer,
    header::header,
    log::{connection_status::connection_status, log, toast::toast, typing::typing},
    message::{delete_dialog::delete_dialog, emoji_picker::emoji_picker, lightbox::lightbox},
    moderation::{audit_dialog, restriction_dialog, rules_dialog},
    people_dialog::people_dialog,
    privacy_dialog,
    profile::profile_dialog,
    rooms, search_dialog, shortcuts,
    state::Chat,
};

/// Draws the whole page.
pub(crate) fn layout(chat: Chat) -> Element {
    let connection = move || {
        Some(match chat.room.status.get() {
            Status::Connecting => "connecting",
            Status::Live => "live",
            Status::Offline(_) | Status::Blocked(_) => "offline",
            Status::Ended(_) => "over",
        })
    };
    let dialog = NodeRef::new();
    let people = NodeRef::new();
    let stage = element("main")
        .class("stage")
        .child(connection_status(chat))
        .children(log(chat))
        .child(typing(chat))
        .child(toast(chat));
    element("div")
        .class("chat")
        .reactive_attribute("data-connection", connection)
        .child(rooms::column(chat))
        .child(header(chat, dialog, people))
        .child(stage)
        .child(composer(chat))
        .child(profile_dialog(chat, dialog))
        .child(people_dialog(chat, people))
        .child(lightbox(chat))
        .child(emoji_picker(chat))
        .child(delete_dialog(chat))
        .child(rooms::room_dialog(chat))
        .child(search_dialog::search(chat))
        .child(shortcuts::shortcuts(chat))
        .child(restriction_dialog::restriction_dialog(chat))
        .child(rules_dialog::rules(chat))
        .child(audit_dialog::audit(chat))
        .child(privacy_dialog::privacy(chat))
}
