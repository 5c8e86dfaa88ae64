//! Who has seen a message, in a room that shows it: the line under the visitor's newest message, the list of names, and the switch. All of it
//! is loaded on demand, with its state.

use std::cell::Cell;

use leptos::prelude::*;
use page_model::{
    connection::Status,
    read_receipts::{ReceiptsProgress, SeenBy},
};
use page_view::{Element, NodeRef, State, element, reactive, reactive_text};
use shared_types::{Appearance, Person, PersonId, PersonName, RoomDetails, Seq};
use web_sys::{HtmlDialogElement, HtmlElement, HtmlInputElement};

use crate::ui::{
    log::scroll::ScrollAnchor,
    message::dom::article_in,
    parts::{
        avatar::avatar,
        dialog::{self, titled_dialog},
        form_controls::{checkbox, follow},
    },
    state::{Chat, intent::DialogIntent, log::KeyedRow, set},
};

/// Icon of two ticks.
pub(crate) const ICON: &str = "M3 12.500l4 4 8-9M11.500 15.500l1 1 8.500-9";

/// The state of the list.
#[derive(Clone, Copy)]
pub(crate) struct ReceiptsState {
    dialog: NodeRef<HtmlDialogElement>,
    pub(crate) view: State<ReceiptsView>,
    line: NodeRef<HtmlElement>,
    line_text: State<String>,
}

/// What the list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReceiptsView {
    pub(crate) progress: ReceiptsProgress,
    pub(crate) seen: SeenBy,
}

thread_local! {
    /// The state of the list of this page.
    static STATE: Cell<Option<ReceiptsState>> = const { Cell::new(None) };
}

/// Returns the state of the list, once it is drawn.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser has receipts"))]
pub(crate) fn state() -> Option<ReceiptsState> {
    STATE.get()
}

/// Draws the list of the page, before the [`line()`].
pub(crate) fn receipts_dialog(chat: Chat) -> Element {
    let state = ReceiptsState {
        dialog: NodeRef::new(),
        view: State::new(ReceiptsView::default()),
        line: NodeRef::new(),
        line_text: State::new(String::new()),
    };
    STATE.set(Some(state));
    let texts = chat.translations.receipts();
    let rows = move || {
        let people = state.view.get().seen.people;
        people.into_iter().map(|(person, name)| row(chat, person, name)).collect::<Vec<_>>()
    };
    let status = move || match state.view.with(|view| (view.progress, view.seen.people.is_empty(), view.seen.more)) {
        (ReceiptsProgress::Failed, _, _) => texts.failed,
        (ReceiptsProgress::Known, true, false) => texts.nobody,
        (ReceiptsProgress::Known, _, true) => texts.more,
        (ReceiptsProgress::Known, false, false) => "",
        (ReceiptsProgress::Due | ReceiptsProgress::Asked, _, _) if chat.room.status.get() != Status::Live => {
            chat.translations.lists().offline
        }
        (ReceiptsProgress::Due | ReceiptsProgress::Asked, _, _) => chat.translations.dialogs().audit_loading,
    };
    let status = element("p").class("sheet-hint").with("role", "status").child(reactive_text(status));
    let list = element("ul").class("people-list").with("role", "list").child(reactive(rows));
    let body = element("div").class("sheet-body").child(list);
    titled_dialog(chat, "seen-by", texts.title, state.dialog).child(status).child(body)
}

/// Whether the room shows who has seen a message. That of a reply which only its thread shows is unknown: people read the room, not the thread.
pub(crate) fn is_offered(chat: Chat, message: Option<Seq>) -> bool {
    let is_it = |shown: &KeyedRow| shown.row.with_untracked(|row| row.seq == message);
    let is_in_room =
        || chat.log.rows.with_untracked(|rows| rows.iter().any(is_it)) || chat.thread.root.get_untracked() == message;
    chat.room.details.with(|details| details.receipts) && message.is_some() && is_in_room()
}

/// Opens the list of those who have seen a message.
pub(crate) fn open(chat: Chat, message: Seq) {
    let Some(state) = STATE.get() else { return };
    chat.run_in_dialog(DialogIntent::ShowSeenBy(message));
    dialog::open_without_keyboard(state.dialog);
}

fn row(chat: Chat, id: PersonId, name: PersonName) -> Element {
    let label = element("span").class("person-name").text(name.to_string());
    let who = element("span").class("person-who").child(label);
    element("li")
        .class("person")
        .child(avatar(chat, &chat.as_known(&Person { id, name, moderator: false, appearance: Appearance::NONE })))
        .child(who)
}

/// Draws the checkbox of a direct message. It takes effect at once. `drawn` follows the room with [`follow_switch`].
pub(crate) fn direct_switch(chat: Chat, drawn: NodeRef<HtmlInputElement>) -> Element {
    checkbox(chat.translations.receipts().switch, drawn).on(leptos::ev::change, move |event| {
        let receipts = event_target_checked(&event);
        if untrack(|| chat.can_moderate_now()) {
            let details = RoomDetails { receipts, ..chat.room.details.get_untracked() };
            chat.run_in_dialog(DialogIntent::SetDetails(details));
        } else if let Some(switch) = drawn.get_untracked() {
            switch.set_checked(!receipts);
        }
    })
}

/// Checks a checkbox if the room that is shown shows who has read, except while `is_pending`: afterwards it shows what the room does, also
/// after an error. Call it outside of reactive parts.
pub(crate) fn follow_switch(chat: Chat, drawn: NodeRef<HtmlInputElement>, is_pending: impl Fn() -> bool + 'static) {
    follow(drawn, move || {
        // Another room may have the same details, and what was clicked was about this one.
        chat.room.name.with(|_| {});
        let is_on = chat.room.details.with(|details| details.receipts);
        (!is_pending()).then_some(is_on)
    });
}

/// Draws the line. There is one, which moves to the message that it is about. The log handles its click. Screen readers announce changes of
/// the log, but must not announce this.
pub(crate) fn line() -> Element {
    let text = move || STATE.get().map(|state| state.line_text.get()).unwrap_or_default();
    let line = element("button").class("message-thread seen").with("type", "button").with("value", "seen");
    let line = line.with("tabindex", "-1").with("aria-live", "off").with("hidden", "");
    let line = line.child(reactive_text::<String>(text));
    match STATE.get() {
        Some(state) => line.node_ref(state.line),
        None => line,
    }
}

/// Shows the line under a message of the log, or nowhere. The log does not move for somebody who reads older messages. `follows` is whether
/// a reader at the end follows the newest message.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser has receipts"))]
pub(crate) fn show_line(chat: Chat, shown: Option<(Seq, String)>, follows: bool) {
    let (Some(log), Some(state)) = (chat.log.element.get_untracked(), STATE.get()) else { return };
    let Some(line) = state.line.get_untracked() else { return };
    let article = shown.as_ref().and_then(|(seq, _)| article_in(chat.log.element, *seq));
    let (Some((_, text)), Some(article)) = (shown, article) else {
        if line.is_connected() {
            keep_position(&log, follows, || line.remove());
        }
        return;
    };
    set(state.line_text, text);
    line.set_hidden(false);
    if !article.contains(Some(&line)) {
        keep_position(&log, follows, || _ = article.append_child(&line));
    }
}

/// Changes the log while the message that is read stays where it is. The rows of this frame have their positions already.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser has receipts"))]
fn keep_position(log: &HtmlElement, follows: bool, change: impl FnOnce()) {
    let anchor = ScrollAnchor::of(log, follows);
    change();
    if let Some(anchor) = anchor {
        anchor.restore();
    }
}
