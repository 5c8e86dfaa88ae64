//! Dialogs for moderators: room rules, restrictions, audit log.

pub(crate) mod administration_dialog;
pub(crate) mod audit_dialog;
pub(crate) mod identity_dialog;
pub(crate) mod restriction_dialog;
pub(crate) mod rules_dialog;
pub(crate) mod usage_dialog;

use leptos::ev;
use page_view::{Element, NodeRef, State, View, effect, element, reactive, reactive_text};
use web_sys::HtmlDialogElement;

use self::rules_dialog::RulesDialog;
use crate::ui::{
    parts::dialog,
    room_details_dialog,
    rooms::{directory_dialog, notices},
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

/// Number of rooms from which on their order can be chosen.
const ORDERED: usize = 4;

/// Draws the buttons that open the list of all rooms, that change it, and the dialogs about the room, as far as the visitor may see them.
pub(crate) fn buttons(chat: Chat, rules: RulesDialog) -> View {
    let has_details = move || chat.room.details.with(|details| !details.is_default());
    // Apart from the status of the composer, which changes each second in slow mode.
    let keeps = State::new(false);
    let (is_muted, has_order) = (State::new(false), State::new(false));
    effect(move || {
        chat.rooms.entries.with(|rooms| {
            set(is_muted, rooms.iter().any(|room| room.is_current && room.muted));
            set(has_order, rooms.len() >= ORDERED);
        });
    });
    effect(move || set(keeps, chat.composer.status.with(|status| status.rules.keep_days.is_some_and(|days| days > 0))));
    let button = move |label, open: fn(Chat)| button(chat, chat.rooms.dialog, label, Box::new(open));
    reactive(move || {
        let mut buttons = vec![button(chat.translations.directory().title, directory_dialog::open)];
        let texts = chat.translations.room_choices();
        let is_direct = chat.room.address().is_direct();
        let switch = |intent: fn() -> DialogIntent, label: Box<dyn Fn() -> &'static str>| {
            let switch = element("button").class("quiet").with("type", "button").child(reactive_text(label));
            switch.on(ev::click, move |_| chat.run_in_dialog(intent()))
        };
        if has_order.get() {
            let label = move || if notices::is_by_activity() { texts.by_name } else { texts.by_activity };
            buttons.push(switch(|| DialogIntent::ToggleRoomOrder, Box::new(label)));
        }
        // Each message of a direct message counts as a mention, of which muted rooms tell, too.
        if !is_direct {
            let label = move || if is_muted.get() { texts.unmute } else { texts.mute };
            buttons.push(switch(|| DialogIntent::ToggleMuted, Box::new(label)));
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
