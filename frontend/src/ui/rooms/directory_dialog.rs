//! The dialog with all open rooms of the chat. It is loaded on demand, with its state.

use std::{cell::Cell, time::Duration};

use leptos::{ev, prelude::*};
use page_model::{calendar::machine_time, connection::Status, room_directory::DirectoryProgress};
use page_view::{Callback, Element, NodeRef, State, element, reactive, reactive_text};
use shared_types::{RoomName, RoomRules, Timestamp, limits};
use web_sys::{HtmlDialogElement, HtmlElement, HtmlInputElement, wasm_bindgen::JsCast as _};

use crate::ui::{
    moderation::rules_dialog,
    parts::{
        dialog::{self, has_modifier, titled_dialog},
        icon_button::icon_button,
        pointer_and_keys::{has_coarse_pointer, is_composing_key},
    },
    rooms::private_mark,
    state::{
        Chat,
        intent::{DialogIntent, Intent},
        set,
    },
};

/// Icon of the button that opens the rules of a room: two sliders.
const RULES_ICON: &str = "M4 8h9M17 8h3M4 16h3M11 16h9M15 5.5v5M9 13.5v5";

/// Time after the last key before the rooms are requested.
const TYPING_PAUSE: Duration = Duration::from_millis(250);

/// The state of the dialog.
#[derive(Clone, Copy)]
pub(crate) struct DirectoryState {
    pub(crate) dialog: NodeRef<HtmlDialogElement>,
    pub(crate) view: State<DirectoryView>,
    /// Whether the first room is opened as soon as the rooms have arrived: the visitor pressed Enter.
    pub(crate) opens_first: State<bool>,
    field: NodeRef<HtmlInputElement>,
    archived: NodeRef<HtmlInputElement>,
    /// Number of changes of the field. A request waits until there are no more.
    changes: State<u32>,
}

/// What the dialog shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DirectoryView {
    pub(crate) progress: DirectoryProgress,
    pub(crate) rooms: Vec<DirectoryRow>,
    pub(crate) has_more: bool,
}

/// A room of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DirectoryRow {
    pub(crate) room: RoomName,
    pub(crate) title: Option<String>,
    pub(crate) topic: Option<String>,
    /// `None` of a private room, of which the visitor is a member.
    pub(crate) facts: Option<DirectoryFacts>,
}

/// What the directory knows about an open room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DirectoryFacts {
    pub(crate) sent_at: Timestamp,
    /// Day and time of the newest message in the reader's calendar.
    pub(crate) when: String,
    /// Number of people there; `None` if they are many.
    pub(crate) online: Option<u32>,
    /// Its rules, for moderators.
    pub(crate) rules: Option<RoomRules>,
}

thread_local! {
    /// The state of the dialog of this page.
    static STATE: Cell<Option<DirectoryState>> = const { Cell::new(None) };
}

impl DirectoryState {
    pub(crate) fn new(view: DirectoryView) -> Self {
        Self {
            dialog: NodeRef::new(),
            view: State::new(view),
            opens_first: State::new(false),
            field: NodeRef::new(),
            archived: NodeRef::new(),
            changes: State::new(0),
        }
    }

    /// What the visitor looks for, and whether among the archived rooms.
    #[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser requests rooms"))]
    pub(crate) fn query(self) -> (String, bool) {
        let text = self.field.get_untracked().map(|field| field.value()).unwrap_or_default();
        (text, self.is_archived())
    }

    fn is_archived(self) -> bool {
        self.archived.get_untracked().is_some_and(|archived| archived.checked())
    }

    fn has_filter(self) -> bool {
        self.field.get_untracked().is_some_and(|field| !field.value().trim().is_empty())
    }
}

/// Returns the state of the dialog, once it is drawn.
pub(crate) fn state() -> Option<DirectoryState> {
    STATE.get()
}

/// Draws the dialog of the page.
pub(crate) fn directory_dialog(chat: Chat) -> Element {
    let state = DirectoryState::new(DirectoryView::default());
    STATE.set(Some(state));
    draw(chat, state)
}

/// Opens the dialog and loads the rooms.
pub(crate) fn open(chat: Chat) {
    let Some(state) = state() else { return };
    if let Some(field) = state.field.get_untracked() {
        field.set_value("");
    }
    set(state.opens_first, false);
    set(state.view, DirectoryView::default());
    chat.run_in_dialog(DialogIntent::LoadMyRooms);
    chat.run_in_dialog(DialogIntent::LoadDirectory);
    if has_coarse_pointer() {
        dialog::open_without_keyboard(state.dialog);
    } else {
        dialog::open(state.dialog);
    }
}

/// Draws a dialog with this state.
pub(crate) fn draw(chat: Chat, state: DirectoryState) -> Element {
    let texts = chat.translations.directory();
    let body = NodeRef::<HtmlElement>::new();
    let rows = move || state.view.get().rooms.into_iter().map(|room| row(chat, state, room)).collect::<Vec<_>>();
    let list = element("ol").class("hits").with("role", "list").child(reactive(rows));
    let button = move || {
        let (label, intent) = match state.view.with(|view| (view.progress, view.has_more)) {
            (DirectoryProgress::Failed, _) => (chat.translations.dialogs().audit_again, DialogIntent::RetryDirectory),
            (DirectoryProgress::Done, true) => (texts.more, DialogIntent::LoadMoreDirectory),
            _ => return None,
        };
        let intent = Cell::new(Some(intent));
        let load = move |_| {
            intent.take().into_iter().for_each(|intent| chat.run_in_dialog(intent));
            // The button goes away.
            if let Some(body) = body.get_untracked() {
                _ = body.focus();
            }
        };
        Some(element("button").class("button").with("type", "button").on(ev::click, load).text(label))
    };
    let content = element("div")
        .class("sheet-body")
        .with("tabindex", "-1")
        .node_ref(body)
        .on(ev::keydown, move |event| {
            if let Some(step) = step_of(&event.key()) {
                move_focus(state, step, &event);
            }
        })
        .child(list)
        .child(reactive(button));
    let archived = element("input")
        .with("type", "checkbox")
        .node_ref(state.archived)
        .on(ev::change, move |_| chat.run_in_dialog(DialogIntent::LoadDirectory));
    let archived = element("label").class("sheet-form directory-archived").child(archived).text(texts.archived);
    let status = element("p")
        .class("sheet-hint")
        .with("role", "status")
        .child(reactive_text(move || status(chat, state).to_owned()));
    titled_dialog(chat, "directory", texts.title, state.dialog)
        .child(dialog::form(field(chat, state), chat.translations.dialogs().open, move || open_first(chat, state)))
        .child(archived)
        .child(status)
        .child(content)
}

fn field(chat: Chat, state: DirectoryState) -> Element {
    let texts = chat.translations.directory();
    element("input")
        .with("role", "searchbox")
        .with("aria-label", texts.filter)
        .with("placeholder", texts.filter)
        .with("maxlength", limits::SEARCH_CHARS.to_string())
        .with("autocapitalize", "none")
        .with("spellcheck", "false")
        .with("enterkeyhint", "go")
        .node_ref(state.field)
        .on(ev::input, move |_| load_after_pause(chat, state))
        .on(ev::keydown, move |event| {
            if !is_composing_key(&event) && event.key() == "ArrowDown" {
                move_focus(state, 1, &event);
            }
        })
}

/// Requests the rooms when the visitor has stopped typing.
fn load_after_pause(chat: Chat, state: DirectoryState) {
    set(state.opens_first, false);
    let change = state.changes.get_untracked() + 1;
    state.changes.set(change);
    let load = move || {
        if state.changes.get_untracked() == change {
            chat.run_in_dialog(DialogIntent::LoadDirectory);
        }
    };
    set_timeout(load, TYPING_PAUSE);
}

/// Opens the first room that matches: at once if the rooms are there, otherwise when they have arrived.
fn open_first(chat: Chat, state: DirectoryState) {
    state.changes.update(|changes| *changes += 1);
    set(state.opens_first, true);
    chat.run_in_dialog(DialogIntent::LoadDirectory);
}

fn status(chat: Chat, state: DirectoryState) -> &'static str {
    let texts = chat.translations.directory();
    let (progress, is_empty) = state.view.with(|view| (view.progress, view.rooms.is_empty()));
    match progress {
        DirectoryProgress::Failed => texts.failed,
        DirectoryProgress::Loading if chat.room.status.get() != Status::Live => texts.offline,
        DirectoryProgress::Loading | DirectoryProgress::LoadingMore if is_empty => {
            chat.translations.dialogs().audit_loading
        }
        _ if is_empty && state.has_filter() => texts.no_match,
        _ if is_empty && state.is_archived() => texts.nothing_archived,
        _ if is_empty => texts.nothing,
        _ if state.is_archived() => texts.archived_hint,
        _ if chat.is_moderator() => texts.rules_hint,
        _ => texts.hint,
    }
}

fn row(chat: Chat, state: DirectoryState, row: DirectoryRow) -> Element {
    let DirectoryRow { room, title, topic, facts } = row;
    let part = |class: &'static str, text: String| element("span").class(class).with("dir", "auto").text(text);
    // The address of a private room tells nothing.
    let address = (title.is_some() && !room.is_private()).then(|| part("room-address", room.to_string()));
    let lock =
        room.is_private().then(|| private_mark().with("role", "img").with("aria-label", chat.translations.private));
    let (path, name) = (room.path(), title.unwrap_or_else(|| room.to_string()));
    let rules = facts.as_ref().and_then(|facts| facts.rules);
    let button = rules.map(|_| rules_button(chat, state, room.clone(), &name));
    let facts = facts.map(|DirectoryFacts { sent_at, when, online, rules }| {
        let people = match online {
            Some(online) => chat.translations.online.of(online as usize),
            None => chat.translations.directory().many.to_owned(),
        };
        let time = element("time").with("datetime", machine_time(sent_at)).text(when);
        let marks = rules.map(|rules| chat.translations.directory().marks(chat.translations, rules));
        let marks = marks.unwrap_or_default().into_iter().map(|mark| element("span").class("badge").text(mark));
        element("span").class("directory-facts").child(element("span").text(people)).child(time).children(marks)
    });
    let on_click = move |event: ev::MouseEvent| {
        if has_modifier(&event) {
            return;
        }
        dialog::close(state.dialog);
        if room.as_str() == chat.room_name() {
            event.prevent_default();
        } else {
            chat.dispatch.run(Intent::EnterRoom(room.clone(), Some(event)));
        }
    };
    let link = element("a")
        .class("hit")
        .with("href", path)
        .on(ev::click, on_click)
        .child(lock)
        .child(part("room-name", name))
        .child(address)
        .child(topic.map(|topic| part("hit-text", topic)))
        .child(facts);
    element("li").class("listed").child(link).child(button)
}

/// Draws the button that goes to a room and opens its rules.
fn rules_button(chat: Chat, state: DirectoryState, room: RoomName, name: &str) -> Element {
    let label = [chat.translations.dialogs().room_rules, &chat.translations.after_colon(name)].concat();
    let open = move |()| {
        dialog::close(state.dialog);
        rules_dialog::open_in(chat, room.clone());
    };
    icon_button("person-sanction", label, RULES_ICON, true, Callback::new(open))
}

/// Returns whether a key moves the focus to the next or to the previous room.
fn step_of(key: &str) -> Option<i32> {
    match key {
        "ArrowDown" => Some(1),
        "ArrowUp" => Some(-1),
        _ => None,
    }
}

/// Moves the focus to another room of the list; from the first one up to the field.
fn move_focus(state: DirectoryState, step: i32, event: &ev::KeyboardEvent) {
    let Some(dialog) = state.dialog.get_untracked() else { return };
    let Ok(links) = dialog.query_selector_all(".hit") else { return };
    let link = |place: u32| links.item(place)?.dyn_into::<HtmlElement>().ok();
    let active = document().active_element();
    let current = (0..links.length()).find(|place| {
        link(*place).is_some_and(|link| active.as_ref().is_some_and(|active| active.is_same_node(Some(&link))))
    });
    let target = match (current, step) {
        (None, 1) => link(0),
        (None, _) => return,
        (Some(0), -1) => state.field.get_untracked().map(|field| field.unchecked_into()),
        (Some(current), step) => current.checked_add_signed(step).and_then(link),
    };
    if let Some(target) = target {
        event.prevent_default();
        _ = target.focus();
    }
}
