//! The dialogs with the pinned messages of the room, with the messages that the visitor saved, and with the threads in which they take part.
//! They are loaded on demand.

use std::cell::Cell;

use leptos::ev;
use page_model::connection::Status;
use page_view::{Callback, Element, NodeRef, element, reactive, reactive_text};
use shared_types::RoomName;
use web_sys::HtmlElement;

use crate::ui::{
    parts::{
        byline::byline,
        dialog::{self, has_modifier, titled_dialog},
        icon_button::{CROSS, icon_button},
    },
    state::{
        Chat,
        intent::{DialogIntent, Intent},
        message_lists::{ListEntry, ListPosition, ListProgress, MessageListState, ThreadNote},
    },
    threads,
};

/// Which list a dialog shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageList {
    /// The pinned messages of the room.
    Pins,
    /// The messages that the visitor saved.
    Saved,
    /// The messages that began the threads in which the visitor takes part.
    Threads,
}

thread_local! {
    /// The dialogs, in the order of [`MessageList`].
    static STATES: Cell<Option<[MessageListState; 3]>> = const { Cell::new(None) };
}

/// Prepares the lists. Call it outside of reactive parts, before a list is drawn.
pub(crate) fn init() -> [MessageListState; 3] {
    let states = std::array::from_fn(|_| MessageListState::new());
    STATES.set(Some(states));
    states
}

impl MessageList {
    /// Returns the state of the list.
    pub(crate) fn state(self) -> MessageListState {
        STATES.get().unwrap_or_else(init)[self as usize]
    }

    /// Returns the texts above a list that has entries, and above an empty one.
    fn hints(self, chat: Chat) -> [&'static str; 2] {
        let texts = chat.translations.lists();
        match self {
            Self::Pins => [texts.pins_hint, texts.no_pins],
            Self::Saved => [texts.saved_hint, texts.nothing_saved],
            Self::Threads => {
                let texts = chat.translations.threads();
                [texts.threads_hint, texts.no_threads]
            }
        }
    }

    fn load(self) -> DialogIntent {
        match self {
            Self::Pins => DialogIntent::LoadPins,
            Self::Saved => DialogIntent::LoadSaved,
            Self::Threads => DialogIntent::LoadThreads,
        }
    }
}

/// Draws the dialog with the pinned messages.
pub(crate) fn pins(chat: Chat) -> Element {
    draw(chat, MessageList::Pins, "pins", chat.translations.lists().pins)
}

/// Draws the dialog with the saved messages.
pub(crate) fn saved(chat: Chat) -> Element {
    draw(chat, MessageList::Saved, "saved", chat.translations.lists().saved)
}

/// Draws the dialog with the threads in which the visitor takes part.
pub(crate) fn threads(chat: Chat) -> Element {
    draw(chat, MessageList::Threads, "threads", chat.translations.threads().threads)
}

/// Opens a dialog and loads its list.
pub(crate) fn show(chat: Chat, list: MessageList) {
    chat.run_in_dialog(list.load());
    dialog::open_without_keyboard(list.state().dialog);
}

fn draw(chat: Chat, list: MessageList, name: &'static str, title: &'static str) -> Element {
    let (texts, state) = (chat.translations.lists(), list.state());
    let body = NodeRef::<HtmlElement>::new();
    let hint = move || match state.view.with(|view| (view.progress, view.entries.is_empty())) {
        (ListProgress::Failed, _) => chat.translations.dialogs().audit_failed,
        (ListProgress::Loading, true) if chat.room.status.get() == Status::Live => {
            chat.translations.dialogs().audit_loading
        }
        (ListProgress::Loading, true) => texts.offline,
        (_, is_empty) => list.hints(chat)[usize::from(is_empty)],
    };
    let entries = move || {
        let entries = state.view.get().entries.into_iter();
        entries.map(|shown| entry(chat, list, shown, body)).collect::<Vec<_>>()
    };
    let button = move || {
        let further = chat.translations.dialogs().audit_further;
        let (label, intent) = match state.view.with(|view| (view.progress, view.more.clone())) {
            (ListProgress::Failed, _) => (chat.translations.dialogs().audit_again, list.load()),
            (ListProgress::Done, Some(ListPosition::Saved(_))) => (further, DialogIntent::LoadMoreSaved),
            (ListProgress::Done, Some(ListPosition::Threads)) => (further, DialogIntent::LoadMoreThreads),
            _ => return None,
        };
        let intent = std::cell::Cell::new(Some(intent));
        let load = move |_| {
            intent.take().into_iter().for_each(|intent| chat.run_in_dialog(intent));
            focus(body);
        };
        Some(element("button").class("button").with("type", "button").on(ev::click, load).text(label))
    };
    let content = element("div")
        .class("sheet-body")
        .with("tabindex", "-1")
        .node_ref(body)
        .child(element("ol").class("hits").with("role", "list").child(reactive(entries)))
        .child(reactive(button));
    let status = element("p").class("sheet-hint").with("role", "status").child(reactive_text(hint));
    titled_dialog(chat, name, title, state.dialog).child(status).child(content)
}

/// Draws a message with the button that removes it from the list.
fn entry(chat: Chat, list: MessageList, entry: ListEntry, body: NodeRef<HtmlElement>) -> Element {
    let texts = chat.translations.lists();
    let (room, seq) = (entry.room.clone(), entry.seq);
    let label = match list {
        MessageList::Pins => chat.can_pin().then_some(texts.unpin),
        MessageList::Saved => Some(texts.remove),
        MessageList::Threads => None,
    };
    let remove = move |()| {
        chat.run_in_dialog(match list {
            MessageList::Pins => DialogIntent::Unpin(seq),
            _ => DialogIntent::Save { room: Some(room.clone()), seq, saved: false },
        });
        focus(body);
    };
    let remove = label.map(|label| icon_button("sheet-close", label.into(), CROSS, true, Callback::new(remove)));
    let text = |text: String| element("span").class("hit-text").with("dir", "auto").text(text);
    let shown = match entry.message.clone() {
        // The thread of a deleted message can be read.
        None if entry.thread.is_some() => {
            link(chat, list, &entry).child(text(chat.translations.message_deleted.into()))
        }
        None => element("div").class("hit").child(text(texts.gone.into())),
        Some(message) => link(chat, list, &entry)
            .children(byline(chat, &message.author, message.at, message.when))
            .child(
                entry
                    .room_label
                    .clone()
                    .map(|room| element("span").class("room-address").with("dir", "auto").text(room)),
            )
            .child(text(message.text)),
    };
    let shown = shown.child(entry.thread.map(|thread| thread_note(chat, thread)));
    element("li").class("listed").child(shown).child(remove)
}

/// Draws the number of replies of a thread, and whether some are unread.
fn thread_note(chat: Chat, thread: ThreadNote) -> Element {
    let new = || element("span").class("room-badge").text(chat.translations.threads().new_replies);
    element("span").class("hit-thread").child(element("span").text(thread.replies)).child(thread.is_unread.then(new))
}

/// Draws the link to a message, or to the thread that it began. In the room that is shown, the page goes there; otherwise the page of the
/// other room does.
fn link(chat: Chat, list: MessageList, entry: &ListEntry) -> Element {
    let (room, seq): (RoomName, _) = (entry.room.clone(), entry.seq);
    let address = [room.path().as_str(), "#m-", &seq.0.to_string()].concat();
    let on_click = move |event: ev::MouseEvent| {
        if !has_modifier(&event) && room.as_str() == chat.room_name() {
            event.prevent_default();
            dialog::close(list.state().dialog);
            match list {
                MessageList::Threads => threads::open(chat, seq),
                _ => chat.dispatch.run(Intent::GoToMessage(seq)),
            }
        }
    };
    element("a").class("hit").with("href", address).on(ev::click, on_click)
}

/// Moves the focus to the list, because the focused button goes away.
fn focus(body: NodeRef<HtmlElement>) {
    if let Some(body) = body.get_untracked() {
        _ = body.focus();
    }
}
