//! Dialogs for moderators: room rules, restrictions, audit log.

pub(crate) mod administration_dialog;
pub(crate) mod audit_dialog;
pub(crate) mod identity_dialog;
pub(crate) mod restriction_dialog;
pub(crate) mod rules_dialog;
pub(crate) mod usage_dialog;

use leptos::ev;
use page_view::{View, element, reactive};

use crate::ui::{
    parts::dialog,
    room_details_dialog,
    rooms::directory_dialog,
    state::{Chat, intent::DialogIntent},
};

/// Draws the buttons that open the list of all rooms and the dialogs about the room, as far as the visitor may see them.
pub(crate) fn buttons(chat: Chat) -> View {
    let has_details = move || chat.room.details.with(|details| !details.is_default());
    let button = move |label, open: fn(Chat)| {
        let open = move |_| {
            dialog::close(chat.rooms.dialog);
            open(chat);
        };
        element("button").class("quiet").with("type", "button").on(ev::click, open).text(label)
    };
    reactive(move || {
        let mut buttons = vec![button(chat.translations.directory().title, directory_dialog::open)];
        let texts = chat.translations.room_choices();
        let is_direct = chat.room.address().is_direct();
        let is_muted = chat.rooms.entries.with(|rooms| rooms.iter().any(|room| room.is_current && room.muted));
        let mute = element("button").class("quiet").with("type", "button");
        let mute = mute.on(ev::click, move |_| chat.run_in_dialog(DialogIntent::ToggleMuted));
        // Each message of a direct message counts as a mention, of which muted rooms tell, too.
        if !is_direct {
            buttons.push(mute.text(if is_muted { texts.unmute } else { texts.mute }));
        }
        if !is_direct && (has_details() || chat.can_describe()) {
            buttons.push(button(chat.translations.dialogs().room_details, room_details_dialog::show));
        }
        if chat.is_moderator() {
            if !is_direct {
                buttons.push(button(chat.translations.dialogs().room_rules, rules_dialog::open));
            }
            buttons.push(button(chat.translations.dialogs().audit, audit_dialog::open));
        }
        if chat.moderation.is_owner.get() {
            buttons.push(button(chat.translations.administration().title, administration_dialog::open));
        }
        [element("div").class("sheet-ways").children(buttons)]
    })
}
