//! The dialog in which a moderator changes the rules of the room.

use leptos::{ev, prelude::*};
use page_model::connection::Status;
use page_view::{Element, element};
use shared_types::RoomRules;

use crate::ui::{
    parts::{
        dialog::{self, titled_dialog},
        form_controls::{choice, select},
    },
    state::{Chat, intent::DialogIntent, set},
};

/// The intervals of slow mode, in seconds: off, 5 s, 10 s, 30 s, 1 min, 5 min, 15 min, 1 h.
const INTERVALS: [u16; 8] = [0, 5, 10, 30, 60, 300, 900, 3_600];

/// Draws the dialog.
pub(crate) fn rules(chat: Chat) -> Element {
    let (translations, texts) = (chat.translations, chat.translations.dialogs());
    let (slow, read_only) = (chat.moderation.selected_slow_mode, chat.moderation.selected_read_only);
    let archived = chat.moderation.selected_archived;
    let member_pins = chat.moderation.selected_member_pins;
    let name = |interval: u16| if interval == 0 { texts.off.to_owned() } else { translations.span(interval.into()) };
    let intervals = INTERVALS.map(|interval| (u32::from(interval), name(interval))).to_vec();
    let save = element("button")
        .class("button primary")
        .reactive_attribute("aria-disabled", move || (!chat.can_moderate_now()).then_some("true"))
        .with("type", "submit")
        .text(translations.save);
    let hint = move || {
        if chat.room.status.get() == Status::Live { texts.room_rules_hint } else { texts.moderation_offline }
    };
    let form = element("form")
        .class("sheet-body order")
        .on(ev::submit, move |event| {
            event.prevent_default();
            if !untrack(|| chat.can_moderate_now()) {
                return;
            }
            let slow = u16::try_from(slow.get_untracked()).unwrap_or_default();
            let [read_only, archived, member_pins] =
                [read_only, archived, member_pins].map(|choice| choice.get_untracked() == 1);
            chat.run_in_dialog(DialogIntent::SetRules(RoomRules {
                slow,
                read_only,
                archived,
                member_pins,
                keep_days: None,
            }));
        })
        .child(select(texts.slow_mode, intervals, slow))
        .child(choice("checkbox", texts.moderators_only, 1, read_only))
        .child(choice("checkbox", texts.members_pin, 1, member_pins))
        .child(choice("checkbox", texts.archive_room, 1, archived))
        .child(dialog::hint(hint))
        .child(element("div").class("name-buttons").child(save));
    titled_dialog(chat, "rules", texts.room_rules, chat.moderation.rules_dialog).child(form)
}

/// Opens the dialog with the current rules selected.
pub(crate) fn open(chat: Chat) {
    let (slow, read_only) = (chat.moderation.selected_slow_mode, chat.moderation.selected_read_only);
    let rules = chat.composer.status.with_untracked(|status| status.rules);
    set(slow, rules.slow.into());
    set(read_only, rules.read_only.into());
    set(chat.moderation.selected_archived, rules.archived.into());
    set(chat.moderation.selected_member_pins, rules.member_pins.into());
    set(chat.moderation.is_pending, false);
    dialog::open(chat.moderation.rules_dialog);
}
