//! What is known of the list of rooms besides the rooms: its order, where messages are unsent, and below it which room was taken off the list
//! and that what is new could not be loaded.

use std::cell::Cell;

use leptos::{ev, prelude::*};
use page_view::{Callback, Element, State, element, reactive, reactive_text};
use shared_types::RoomName;

use crate::ui::{
    rooms::row_buttons,
    state::{Chat, intent::DialogIntent, set},
};

/// Classes of the buttons.
const UNDO: &str = "room-undo";
const RETRY: &str = "room-retry";

/// What is known of the list of rooms besides its rooms. It is not in [`Chat`], which is loaded first.
#[derive(Clone, Copy)]
struct RoomListExtras {
    /// The other rooms in which the visitor has unsent messages.
    unsent: State<Vec<RoomName>>,
    /// Whether the rooms are listed by activity.
    is_by_activity: State<bool>,
    /// Which room was taken off the list, as long as that can be undone; usually empty.
    removed: State<String>,
    /// That what is new could not be loaded; usually empty.
    not_refreshed: State<String>,
}

thread_local! {
    static EXTRAS: Cell<Option<RoomListExtras>> = const { Cell::new(None) };
}

/// Starts with nothing to say. Call it outside of reactive parts, before the lists are drawn.
pub(crate) fn init() {
    EXTRAS.set(Some(RoomListExtras {
        unsent: State::new(Vec::new()),
        is_by_activity: State::new(false),
        removed: State::new(String::new()),
        not_refreshed: State::new(String::new()),
    }));
}

/// Whether the visitor has unsent messages in a room that is not shown. Subscribes the caller to its changes.
pub(crate) fn has_unsent(room: &RoomName) -> bool {
    EXTRAS.get().is_some_and(|extras| extras.unsent.with(|rooms| rooms.contains(room)))
}

/// Shows in which other rooms the visitor has unsent messages.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser stores messages"))]
pub(crate) fn show_unsent(rooms: Vec<RoomName>) {
    if let Some(extras) = EXTRAS.get() {
        set(extras.unsent, rooms);
    }
}

/// Whether the rooms are listed by activity, not by name. Subscribes the caller to its changes.
pub(crate) fn is_by_activity() -> bool {
    EXTRAS.get().is_some_and(|extras| extras.is_by_activity.get())
}

/// Shows the order of the list.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser stores the order"))]
pub(crate) fn show_order(is_by_activity: bool) {
    if let Some(extras) = EXTRAS.get() {
        set(extras.is_by_activity, is_by_activity);
    }
}

/// Shows that what is new could not be loaded, or nothing if the sentence is empty.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser gets answers"))]
pub(crate) fn show_not_refreshed(sentence: &str) {
    if let Some(extras) = EXTRAS.get() {
        show(extras.not_refreshed, RETRY, sentence.to_owned());
    }
}

/// Shows which room was taken off the list, or nothing if the sentence is empty.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser stores the list"))]
pub(crate) fn show_removed(sentence: String) {
    if let Some(extras) = EXTRAS.get() {
        show(extras.removed, UNDO, sentence);
    }
}

/// Shows a sentence. If its button goes away and has the focus, that moves to the list.
fn show(state: State<String>, class: &str, sentence: String) {
    if sentence.is_empty() && exists(&[".", class, ":focus"].concat()) {
        row_buttons::set_focus(".room-link".into(), false);
    }
    set(state, sentence);
}

/// Whether the pointer is on the offer to undo the removal, or a visitor with a keyboard is.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser stores the list"))]
pub(crate) fn is_undo_in_use() -> bool {
    exists(".room-notice:hover .room-undo, .room-undo:focus-visible")
}

fn exists(selector: &str) -> bool {
    document().query_selector(selector).is_ok_and(|found| found.is_some())
}

/// Draws the notices below the list.
pub(crate) fn notices(chat: Chat) -> Option<Element> {
    let RoomListExtras { removed, not_refreshed, .. } = EXTRAS.get()?;
    let removed = notice(chat, removed, UNDO, chat.translations.room_choices().undo, || DialogIntent::RestoreRoom);
    let refresh = notice(chat, not_refreshed, RETRY, chat.translations.try_again, || DialogIntent::RefreshRooms);
    Some(element("div").class("room-notices").child(removed).child(refresh))
}

/// Draws a sentence, which screen readers announce, and what can be done. Nothing is drawn while the sentence is empty.
fn notice(
    chat: Chat,
    sentence: State<String>,
    class: &'static str,
    label: &'static str,
    intent: fn() -> DialogIntent,
) -> Element {
    let act = Callback::new(move |()| chat.run_in_dialog(intent()));
    let button = move || {
        let button = || element("button").with("class", ["quiet ", class].concat()).with("type", "button").text(label);
        let is_shown = !sentence.with(String::is_empty);
        is_shown.then(|| button().on(ev::click, row_buttons::on_single_click(act)))
    };
    let status = element("p").with("role", "status").child(reactive_text(move || sentence.get()));
    element("div").class("room-notice").child(status).child(reactive(button))
}
