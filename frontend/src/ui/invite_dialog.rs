//! The dialog with the link to the room.

use leptos::prelude::*;
use page_view::{Element, element};
use shared_types::{AccessMode, RoomName};

use crate::ui::{
    parts::{
        dialog::{self, titled_dialog},
        share_link::share_link,
    },
    state::{Chat, set},
};

/// Draws the dialog.
pub(crate) fn invite_dialog(chat: Chat) -> Element {
    let texts = chat.translations.dialogs();
    let hint = match chat.access {
        AccessMode::Open => texts.invite_open,
        AccessMode::Passphrase => texts.invite_passphrase,
        AccessMode::Oidc => texts.invite_oidc,
    };
    let body = element("div")
        .class("sheet-body order")
        .child(element("p").class("name-hint").text(hint))
        .child(share_link(chat, texts.room_link, chat.invite.room_link));
    titled_dialog(chat, "invite", chat.translations.invite, chat.invite.dialog).child(body)
}

/// Opens the dialog with the link to the current room.
pub(crate) fn show(chat: Chat) {
    let path = chat.room_name().parse::<RoomName>().map_or_else(|_| String::new(), |room| room.path());
    let origin = window().location().origin().unwrap_or_default();
    let link = chat.invite.room_link;
    set(link.url, [origin, path].concat());
    set(link.copied, None);
    dialog::open(chat.invite.dialog);
}
