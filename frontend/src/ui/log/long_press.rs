//! A long press on a message: shows the toolbar on touch screens.

use std::time::Duration;

use leptos::{ev, prelude::*};
use page_view::State;
use web_sys::{Element, Event, wasm_bindgen::JsCast as _};

use crate::ui::{
    message::{dom::seq, toolbar::show},
    state::Chat,
};

/// Duration of a long press, as in the menus of phones.
const HOLD_TIME: Duration = Duration::from_millis(500);
/// Maximum movement during a long press, in CSS pixels.
const MAX_MOVE_PX: i32 = 10;

/// The state of a press.
#[derive(Clone, Copy)]
pub(crate) struct LongPress {
    /// Where the press started, while it may become a long press.
    pressed_at: State<Option<(i32, i32)>>,
    /// Number of presses, to recognise the timer of an earlier one.
    press_count: State<u32>,
    /// Whether the last press was a long press.
    is_long: State<bool>,
}

impl LongPress {
    /// Returns the state without a press.
    pub(crate) fn new() -> Self {
        Self { pressed_at: State::new(None), press_count: State::new(0), is_long: State::new(false) }
    }

    /// Starts a press on an element of a message. Links, and the message that already shows the toolbar, keep the
    /// browser's own long press, such as for selecting text.
    pub(crate) fn start(self, chat: Chat, event: &ev::PointerEvent, target: Option<(Element, Element)>) {
        self.end();
        self.is_long.set(false);
        self.press_count.update(|press_count| *press_count += 1);
        let Some((target, message)) = target else { return };
        let link = target.closest("a").is_ok_and(|link| link.is_some());
        if event.pointer_type() == "mouse"
            || link
            || seq(&message).is_none()
            || chat.log.toolbar_message.get_untracked() == seq(&message)
        {
            return;
        }
        self.pressed_at.set(Some((event.client_x(), event.client_y())));
        let press_count = self.press_count.get_untracked();
        let on_timeout = move || {
            if self.press_count.get_untracked() == press_count && self.pressed_at.get_untracked().is_some() {
                self.pressed_at.set(None);
                self.is_long.set(true);
                show(chat, &message);
            }
        };
        set_timeout(on_timeout, HOLD_TIME);
    }

    /// Ends the press if the pointer moved too far.
    pub(crate) fn on_move(self, event: &ev::PointerEvent) {
        let far = |from: i32, to: i32| (to - from).abs() > MAX_MOVE_PX;
        let pressed_at = self.pressed_at.get_untracked();
        if pressed_at.is_some_and(|(x, y)| far(x, event.client_x()) || far(y, event.client_y())) {
            self.end();
        }
    }

    /// Ends the press.
    pub(crate) fn end(self) {
        self.pressed_at.set(None);
    }

    /// Prevents the browser's context menu for a long press.
    pub(crate) fn suppress_menu(self, event: &Event) {
        if self.is_long.get_untracked() || self.pressed_at.with_untracked(Option::is_some) {
            event.prevent_default();
        }
    }

    /// Stops the click that ends a long press.
    pub(crate) fn swallow_click(self, event: &Event) {
        if self.is_long.get_untracked() && event.unchecked_ref::<ev::PointerEvent>().pointer_type() != "mouse" {
            event.prevent_default();
            event.stop_propagation();
        }
        self.is_long.set(false);
    }
}
