//! A finger that stays on a message: it shows what a mouse shows by pointing.

use std::time::Duration;

use leptos::{ev, prelude::*};
use web_sys::{Element, Event, wasm_bindgen::JsCast as _};

use crate::ui::{
    message::{dom::seq, toolbar::show},
    state::Chat,
};

/// So long it stays: as long as for the menus of phones.
const HOLD: Duration = Duration::from_millis(500);
/// So far, in CSS pixels, it may move.
const TREMBLE_PX: i32 = 10;

/// The finger.
#[derive(Clone, Copy)]
pub(crate) struct LongPress {
    /// Where it came down, while it may yet stay long enough.
    begun: StoredValue<Option<(i32, i32)>>,
    /// How often it came down.
    count: StoredValue<u32>,
    /// Whether it stayed long enough.
    held: StoredValue<bool>,
}

impl LongPress {
    /// One that is nowhere yet.
    pub(crate) fn new() -> Self {
        Self { begun: StoredValue::new(None), count: StoredValue::new(0), held: StoredValue::new(false) }
    }

    /// It comes down on something in a message. A link keeps what the browser does with it, and so does a message that shows its actions
    /// already: its text can be selected.
    pub(crate) fn start(self, chat: Chat, event: &ev::PointerEvent, place: Option<(Element, Element)>) {
        self.end();
        self.held.set_value(false);
        self.count.update_value(|count| *count += 1);
        let Some((target, message)) = place else { return };
        let link = target.closest("a").is_ok_and(|link| link.is_some());
        if event.pointer_type() == "mouse"
            || link
            || seq(&message).is_none()
            || chat.log.toolbar_message.get_untracked() == seq(&message)
        {
            return;
        }
        self.begun.set_value(Some((event.client_x(), event.client_y())));
        let count = self.count.get_value();
        let stay = move || {
            if self.count.get_value() == count && self.begun.get_value().is_some() {
                self.begun.set_value(None);
                self.held.set_value(true);
                show(chat, &message);
            }
        };
        set_timeout(stay, HOLD);
    }

    /// It moves.
    pub(crate) fn on_move(self, event: &ev::PointerEvent) {
        let far = |from: i32, to: i32| (to - from).abs() > TREMBLE_PX;
        let begun = self.begun.get_value();
        if begun.is_some_and(|(x, y)| far(x, event.client_x()) || far(y, event.client_y())) {
            self.end();
        }
    }

    /// It is taken up, or scrolls.
    pub(crate) fn end(self) {
        self.begun.set_value(None);
    }

    /// Keeps the browser from doing what else it does with a finger that stays.
    pub(crate) fn suppress_menu(self, event: &Event) {
        if self.held.get_value() || self.begun.with_value(Option::is_some) {
            event.prevent_default();
        }
    }

    /// Keeps a click from those who would hear it, if it is the end of a finger's stay.
    pub(crate) fn swallow_click(self, event: &Event) {
        if self.held.get_value() && event.unchecked_ref::<ev::PointerEvent>().pointer_type() != "mouse" {
            event.prevent_default();
            event.stop_propagation();
        }
        self.held.set_value(false);
    }
}
