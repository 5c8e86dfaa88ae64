//! What the list of rooms says besides the rooms: where messages are unsent, and below it that what is new could not be loaded.

use std::cell::Cell;

use leptos::{ev, prelude::*};
use page_model::room_list::RefreshProgress;
use page_view::{State, View, element, reactive, reactive_text};
use shared_types::RoomName;

use crate::ui::{
    rooms::row_buttons,
    state::{Chat, intent::DialogIntent, set},
};

/// What is known of the list of rooms besides its rooms. It is not in [`Chat`], which is loaded first.
#[derive(Clone, Copy)]
pub(crate) struct RoomListExtras {
    /// Whether the list is what the server answered last.
    pub(crate) progress: State<RefreshProgress>,
    /// The other rooms in which the visitor has unsent messages.
    unsent: State<Vec<RoomName>>,
}

thread_local! {
    static EXTRAS: Cell<Option<RoomListExtras>> = const { Cell::new(None) };
}

/// Starts with nothing to say. Call it outside of reactive parts, before the lists are drawn.
pub(crate) fn init() {
    EXTRAS.set(Some(RoomListExtras { progress: State::new(RefreshProgress::Done), unsent: State::new(Vec::new()) }));
}

/// Returns what is known besides the rooms.
pub(crate) fn extras() -> Option<RoomListExtras> {
    EXTRAS.get()
}

/// Whether the visitor has unsent messages in a room that is not shown. Subscribes the caller to its changes.
pub(crate) fn has_unsent(room: &RoomName) -> bool {
    extras().is_some_and(|extras| extras.unsent.with(|rooms| rooms.contains(room)))
}

/// Shows in which other rooms the visitor has unsent messages.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser stores messages"))]
pub(crate) fn show_unsent(rooms: Vec<RoomName>) {
    if let Some(extras) = extras() {
        set(extras.unsent, rooms);
    }
}

/// Shows whether the list is what the server answered last.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser gets answers"))]
pub(crate) fn show_progress(progress: RefreshProgress) {
    if let Some(extras) = extras() {
        if progress == RefreshProgress::Done {
            keep_focus(".room-retry");
        }
        set(extras.progress, progress);
    }
}

/// Moves the focus to the list if it is on a button that is about to go away.
fn keep_focus(button: &str) {
    if document().query_selector(&[button, ":focus"].concat()).is_ok_and(|focused| focused.is_some()) {
        row_buttons::set_focus(".room-link".into(), false);
    }
}

/// Draws what is said below the list.
pub(crate) fn notices(chat: Chat) -> Vec<View> {
    let Some(extras) = extras() else { return Vec::new() };
    let texts = chat.translations.room_choices();
    let refresh = notice(
        move || match extras.progress.get() {
            RefreshProgress::Done => String::new(),
            RefreshProgress::Failed => texts.not_refreshed.to_owned(),
            RefreshProgress::Retrying => chat.translations.loading_part.to_owned(),
        },
        "quiet room-retry",
        chat.translations.try_again,
        move || chat.run_in_dialog(DialogIntent::RefreshRooms),
    );
    vec![refresh]
}

/// Draws a sentence, which screen readers announce, and what can be done. Nothing is drawn while the sentence is empty.
fn notice(
    sentence: impl Fn() -> String + Clone + 'static,
    class: &'static str,
    label: &'static str,
    act: impl Fn() + Clone + 'static,
) -> View {
    let status = element("p").with("role", "status").child(reactive_text(sentence.clone()));
    let button = reactive(move || {
        let act = act.clone();
        let button = || element("button").class(class).with("type", "button").on(ev::click, move |_| act()).text(label);
        (!sentence().is_empty()).then(button)
    });
    element("div").class("room-notice").child(status).child(button).into()
}
