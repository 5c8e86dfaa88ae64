//! Dialogs for moderators: room rules, restrictions, audit log.

pub(crate) mod administration_dialog;
pub(crate) mod audit_dialog;
pub(crate) mod identity_dialog;
pub(crate) mod restriction_dialog;
pub(crate) mod rules_dialog;
pub(crate) mod usage_dialog;

use leptos::ev;
use page_view::{Element, NodeRef, State, View, effect, element, reactive};
use web_sys::HtmlDialogElement;

use self::rules_dialog::RulesDialog;
use crate::ui::{
    parts::dialog,
    room_details_dialog,
    rooms::directory_dialog,
    state::{Chat, intent::DialogIntent, set},
};

/// Draws a button that closes a dialog and opens another one.
pub(crate) fn button(
    chat: Chat,
    closed: NodeRef<HtmlDialogElement>,
    label: &'static str,
    open: Box<dyn Fn(Chat)>,
) -> Element {
    let open = move |_| {
        dialog::close(closed);
        open(chat);
    };
    element("button").class("quiet").with("type", "button").on(ev::click, open).text(label)
}

/// Draws the buttons that open the list of all rooms and the dialogs about the room, as far as the visitor may see them.
pub(crate) fn buttons(chat: Chat, rules: RulesDialog) -> View {
    let has_details = move || chat.room.details.with(|details| !details.is_default());
    // Apart from the status of the composer, which changes each second in slow mode.
    let keeps = State::new(false);
    effect(move || set(keeps, chat.composer.status.with(|status| status.rules.keep_days.is_some_and(|days| days > 0))));
    let button = move |label, open: fn(Chat)| button(chat, chat.rooms.dialog, label, Box::new(open));
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
        if !is_direct && (has_details() || keeps.get() || chat.can_describe()) {
            buttons.push(button(chat.translations.dialogs().room_details, room_details_dialog::show));
        }
        if chat.is_moderator() {
            if !is_direct {
                buttons.push(rules_dialog::button(chat, chat.rooms.dialog, rules));
            }
            buttons.push(button(chat.translations.dialogs().audit, audit_dialog::open));
        }
        if chat.moderation.is_owner.get() {
            buttons.push(button(chat.translations.administration().title, administration_dialog::open));
        }
        [element("div").class("sheet-ways").children(buttons)]
    })
}
