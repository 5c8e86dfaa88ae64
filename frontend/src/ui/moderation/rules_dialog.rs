//! The dialog in which a moderator changes the rules of the room.

use std::cell::{Cell, RefCell};

use leptos::{ev, prelude::*};
use page_model::connection::Status;
use page_view::{Element, NodeRef, State, element};
use shared_types::{RoomName, RoomRules};
use web_sys::HtmlDialogElement;

use crate::ui::{
    moderation,
    parts::{
        dialog::{self, titled_dialog},
        form_controls::{choice, reactive_select, select},
    },
    state::{
        Chat,
        intent::{DialogIntent, Intent},
        set,
    },
};

/// The intervals of slow mode, in seconds: off, 5 s, 10 s, 30 s, 1 min, 5 min, 15 min, 1 h.
const INTERVALS: [u16; 8] = [0, 5, 10, 30, 60, 300, 900, 3_600];

/// The retentions, in days; 0 is as long as the chat keeps messages.
const KEEP_DAYS: [u32; 6] = [0, 1, 7, 30, 90, 365];

/// The choices in the dialog: numbers, and 1 for what is checked.
#[derive(Clone, Copy)]
pub(crate) struct RulesDialog {
    /// The seconds of slow mode.
    slow: State<u32>,
    read_only: State<u32>,
    archived: State<u32>,
    member_pins: State<u32>,
    keep_days: State<u32>,
    /// The days that were stored when the dialog opened: they may be none of [`KEEP_DAYS`].
    stored_days: State<u32>,
}

thread_local! {
    /// The choices of the dialog of this page.
    static CHOICES: Cell<Option<RulesDialog>> = const { Cell::new(None) };
    /// The room whose rules are to be shown as soon as it is entered.
    static WANTED: RefCell<Option<RoomName>> = const { RefCell::new(None) };
}

impl RulesDialog {
    pub(crate) fn new() -> Self {
        let state = || State::new(0);
        Self {
            slow: state(),
            read_only: state(),
            archived: state(),
            member_pins: state(),
            keep_days: state(),
            stored_days: state(),
        }
    }

    /// Returns the rules that are chosen.
    fn chosen(self) -> RoomRules {
        let number = |state: State<u32>| u16::try_from(state.get_untracked()).unwrap_or_default();
        let [read_only, archived, member_pins] =
            [self.read_only, self.archived, self.member_pins].map(|choice| choice.get_untracked() == 1);
        RoomRules { slow: number(self.slow), read_only, archived, member_pins, keep_days: Some(number(self.keep_days)) }
    }
}

/// Draws the dialog.
pub(crate) fn rules(chat: Chat, choices: RulesDialog) -> Element {
    CHOICES.set(Some(choices));
    let (translations, texts) = (chat.translations, chat.translations.dialogs());
    let name = |interval: u16| if interval == 0 { texts.off.to_owned() } else { translations.span(interval.into()) };
    let intervals = INTERVALS.map(|interval| (u32::from(interval), name(interval))).to_vec();
    let retentions = move || {
        let stored = choices.stored_days.get();
        let mut days = KEEP_DAYS.to_vec();
        if !days.contains(&stored) {
            days.push(stored);
        }
        days.into_iter().map(|days| (days, translations.keep_days(days))).collect()
    };
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
            if untrack(|| chat.can_moderate_now()) {
                chat.run_in_dialog(DialogIntent::SetRules(choices.chosen()));
            }
        })
        .child(select(texts.slow_mode, intervals, choices.slow))
        .child(choice("checkbox", texts.moderators_only, 1, choices.read_only))
        .child(choice("checkbox", texts.members_pin, 1, choices.member_pins))
        .child(choice("checkbox", texts.archive_room, 1, choices.archived))
        .child(reactive_select(texts.keep_messages, retentions, choices.keep_days))
        .child(element("p").class("name-hint").text(texts.keep_hint))
        .child(dialog::hint(hint))
        .child(element("div").class("name-buttons").child(save));
    titled_dialog(chat, "rules", texts.room_rules, chat.moderation.rules_dialog).child(form)
}

/// Draws the button of another dialog that opens this one instead.
pub(crate) fn button(chat: Chat, closed: NodeRef<HtmlDialogElement>, choices: RulesDialog) -> Element {
    let open = Box::new(move |chat| open(chat, choices));
    moderation::button(chat, closed, chat.translations.dialogs().room_rules, open)
}

/// Goes to a room and opens the dialog there. If the page has to be loaded for that, the dialog stays closed.
pub(crate) fn open_in(chat: Chat, room: RoomName) {
    if room.as_str() == chat.room_name() {
        return open_of_page(chat);
    }
    WANTED.set(Some(room.clone()));
    chat.dispatch.run(Intent::EnterRoom(room, None));
}

/// Opens the dialog if it is wanted in the room that was entered.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser enters rooms"))]
pub(crate) fn open_if_wanted(chat: Chat) {
    if WANTED.take().is_some_and(|room| room.as_str() == chat.room_name()) {
        // Then the rules of the room are shown, and the dialogs of the room before are closed.
        request_animation_frame(move || open_of_page(chat));
    }
}

fn open_of_page(chat: Chat) {
    if let Some(choices) = CHOICES.get() {
        open(chat, choices);
    }
}

/// Opens the dialog with the current rules selected.
fn open(chat: Chat, choices: RulesDialog) {
    let rules = chat.composer.status.with_untracked(|status| status.rules);
    let days = rules.keep_days.unwrap_or_default().into();
    set(choices.slow, rules.slow.into());
    set(choices.read_only, rules.read_only.into());
    set(choices.archived, rules.archived.into());
    set(choices.member_pins, rules.member_pins.into());
    // Its option is drawn before it is selected.
    set(choices.stored_days, days);
    set(choices.keep_days, days);
    set(chat.moderation.is_pending, false);
    dialog::open(chat.moderation.rules_dialog);
}
