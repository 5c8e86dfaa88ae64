//! The room dialog: finds a visited room while the visitor types, and opens or creates any other. The focus stays in the field.

use std::cell::Cell;

use leptos::{ev, prelude::*};
use page_model::{
    room_address::{TypedRoom, typed_room},
    room_search::{FoundRoom, KnownRoom, find_rooms},
    search::ExcerptPart,
};
use page_view::{Element, NodeRef, State, element, reactive, reactive_text};
use shared_types::{NameError, RoomName, RoomTitle};
use web_sys::HtmlInputElement;

use crate::ui::{
    moderation::{self, rules_dialog::RulesDialog},
    parts::{
        dialog::{self, titled_dialog},
        pointer_and_keys::{has_coarse_pointer, is_composing_key},
        text::lower_parts,
    },
    rooms::{list::lists, private_mark},
    state::{Chat, intent::DialogIntent, set},
};

/// Id of the list of rooms that are found.
const LIST_ID: &str = "found-rooms";

/// What is typed, and what is found.
#[derive(Clone, Copy)]
struct RoomSearch {
    field: NodeRef<HtmlInputElement>,
    /// Whether the list of found rooms replaces the list of visited rooms.
    is_choosing: State<bool>,
    found: State<Vec<RoomOption>>,
    selected: State<usize>,
    error: State<Option<NameError>>,
    /// The private rooms of the visitor, also those that are not in the list.
    private: State<Vec<RoomName>>,
}

thread_local! {
    /// The search of the dialog of this page.
    static SEARCH: Cell<Option<RoomSearch>> = const { Cell::new(None) };
}

/// An option of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
enum RoomOption {
    /// A room that was visited before.
    Open(FoundRoom),
    /// Another room. The server creates a room when it is first used.
    Create(TypedRoom),
    /// A new private room with this title. The server gives it an address.
    CreatePrivate(RoomTitle),
}

/// Draws the dialog.
pub(crate) fn room_dialog(chat: Chat, rules: RulesDialog) -> Element {
    let search = RoomSearch {
        field: NodeRef::new(),
        is_choosing: State::new(false),
        found: State::new(Vec::new()),
        selected: State::new(0),
        error: State::new(None),
        private: State::new(Vec::new()),
    };
    SEARCH.set(Some(search));
    let body = element("div").class("sheet-body").child(reactive(move || {
        if search.is_choosing.get() { vec![options(chat, search).into()] } else { lists(chat) }
    }));
    titled_dialog(chat, "switcher", chat.translations.rooms, chat.rooms.dialog)
        .child(dialog::form(field(chat, search), chat.translations.dialogs().open, move || open_selected(chat, search)))
        .child(hint(chat, search))
        .child(body)
        .child(moderation::buttons(chat, rules))
        .on(ev::close, move |_| {
            // The event arrives after the dialog closed, and the dialog may be open again with text in its field.
            if chat.rooms.dialog.get_untracked().is_none_or(|dialog| dialog.open()) {
                return;
            }
            if let Some(field) = search.field.get_untracked() {
                field.set_value("");
            }
            update(chat, search);
        })
}

/// Makes the private rooms of the visitor known, so that they are found. What is typed already finds them, too.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser gets answers"))]
pub(crate) fn set_private_rooms(chat: Chat, rooms: Vec<RoomName>) {
    let Some(search) = SEARCH.get() else { return };
    set(search.private, rooms);
    if search.is_choosing.get_untracked() {
        let typed = search.field.get_untracked().map(|field| field.value()).unwrap_or_default();
        let selected = search.found.with_untracked(|found| found.get(search.selected.get_untracked()).cloned());
        let found = find(chat, search, &typed);
        set(search.selected, found.iter().position(|option| Some(option) == selected.as_ref()).unwrap_or(0));
        set(search.found, found);
    }
}

/// The visitor is no member of a private room any more: it is not found. The caller has removed it from the list.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser gets answers"))]
pub(crate) fn remove_private_room(chat: Chat, room: &RoomName) {
    let mut rooms = private_rooms();
    rooms.retain(|private| private != room);
    set_private_rooms(chat, rooms);
}

/// Returns the private rooms of the visitor, as far as they are known.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser has a directory"))]
pub(crate) fn private_rooms() -> Vec<RoomName> {
    SEARCH.get().map(|search| search.private.get_untracked()).unwrap_or_default()
}

/// Opens the loaded dialog. With a finger as the pointer, the field gets no focus: the keyboard would cover the list.
pub(crate) fn show(chat: Chat) {
    chat.run_in_dialog(DialogIntent::RefreshRooms);
    chat.run_in_dialog(DialogIntent::LoadMyRooms);
    if has_coarse_pointer() {
        dialog::open_without_keyboard(chat.rooms.dialog);
    } else {
        dialog::open(chat.rooms.dialog);
    }
}

fn field(chat: Chat, search: RoomSearch) -> Element {
    let texts = chat.translations.dialogs();
    let text = |value: bool| Some(if value { "true" } else { "false" });
    let active = move || {
        let count = search.found.with(Vec::len);
        (search.is_choosing.get() && count > 0).then(|| option_id(search.selected.get()))
    };
    element("input")
        .with("role", "combobox")
        .with("aria-label", texts.room_name)
        .with("placeholder", texts.room_name)
        .with("aria-autocomplete", "list")
        .reactive_attribute("aria-expanded", move || text(search.is_choosing.get()))
        .reactive_attribute("aria-controls", move || search.is_choosing.get().then_some(LIST_ID))
        .reactive_attribute("aria-activedescendant", active)
        .reactive_attribute("aria-invalid", move || search.error.get().map(|_| "true"))
        .with("aria-describedby", "room-hint")
        .with("autocapitalize", "none")
        .with("spellcheck", "false")
        .with("enterkeyhint", "go")
        .node_ref(search.field)
        .on(ev::input, move |_| update(chat, search))
        .on(ev::keydown, move |event| {
            if !is_composing_key(&event) && on_key(chat, search, &event.key()) {
                event.prevent_default();
            }
        })
}

fn hint(chat: Chat, search: RoomSearch) -> Element {
    let hint = move || {
        let why = search.error.get();
        why.map_or_else(|| chat.translations.dialogs().room_hint.to_owned(), |why| chat.translations.bad_room(why))
    };
    element("p")
        .reactive_attribute("class", move || {
            Some(if search.error.get().is_some() { "sheet-hint wrong" } else { "sheet-hint" })
        })
        .with("id", "room-hint")
        .with("aria-live", "polite")
        .child(reactive_text(hint))
}

fn options(chat: Chat, search: RoomSearch) -> Element {
    let drawn = move || {
        search
            .found
            .get()
            .into_iter()
            .enumerate()
            .map(|(index, one)| option(chat, search, index, one))
            .collect::<Vec<_>>()
    };
    element("ul")
        .with("id", LIST_ID)
        .class("room-list")
        .with("role", "listbox")
        .with("aria-label", chat.translations.rooms)
        // A click in the list leaves the focus in the field.
        .on(ev::mousedown, |event| event.prevent_default())
        .child(reactive(drawn))
}

fn option(chat: Chat, search: RoomSearch, index: usize, option: RoomOption) -> Element {
    let is_selected = move || search.selected.get() == index;
    let drawn = element("li")
        .with("id", option_id(index))
        .class("room-option")
        .with("role", "option")
        .with("dir", "auto")
        .reactive_attribute("aria-selected", move || Some(if is_selected() { "true" } else { "false" }))
        .on(ev::click, move |_| {
            search.selected.set(index);
            open_selected(chat, search);
        });
    let mark = |room: &RoomName| {
        let hash = || element("span").class("room-mark").with("aria-hidden", "true").text("#");
        if room.is_private() { private_mark() } else { hash() }
    };
    match option {
        RoomOption::Open(FoundRoom { name, title: None, room }) => {
            drawn.child(mark(&room)).child(marked("room-name", name))
        }
        RoomOption::Open(FoundRoom { name, title: Some(title), room }) => {
            // The address of a private room tells nothing.
            let address = (!room.is_private()).then(|| marked("room-address", name));
            drawn.child(mark(&room)).child(marked("room-name", title)).children(address)
        }
        RoomOption::Create(typed) => {
            let address = typed.title.map(|_| element("span").class("room-address").text(typed.room.to_string()));
            let typed = search.field.get_untracked().map(|field| field.value()).unwrap_or_default();
            let label = chat.translations.dialogs().create_room.with(typed.trim().trim_start_matches(['#', '＃']));
            drawn.child(element("span").class("room-name").text(label)).children(address)
        }
        RoomOption::CreatePrivate(title) => {
            let label = chat.translations.dialogs().create_private_room.with(title.as_str());
            drawn.child(private_mark()).child(element("span").class("room-name").text(label))
        }
    }
}

/// Draws a text with `mark` elements for what matches.
fn marked(class: &'static str, parts: Vec<ExcerptPart>) -> Element {
    let part = |part: ExcerptPart| element(if part.matches { "mark" } else { "span" }).text(part.text);
    element("span").class(class).children(parts.into_iter().map(part))
}

fn option_id(index: usize) -> String {
    ["found-room-", &index.to_string()].concat()
}

/// Finds the rooms for what is typed.
fn update(chat: Chat, search: RoomSearch) {
    let typed = search.field.get_untracked().map(|field| field.value()).unwrap_or_default();
    let is_empty = typed.trim().is_empty();
    set(search.error, None);
    set(search.selected, 0);
    set(search.found, if is_empty { Vec::new() } else { find(chat, search, &typed) });
    set(search.is_choosing, !is_empty && search.found.with_untracked(|found| !found.is_empty()));
}

/// Returns the visited rooms and the visitor's private rooms that match, and the room to create if it is none of them.
fn find(chat: Chat, search: RoomSearch, typed: &str) -> Vec<RoomOption> {
    let mut rooms: Vec<RoomName> = chat.rooms.entries.get_untracked().into_iter().map(|entry| entry.room).collect();
    for room in search.private.get_untracked() {
        if !rooms.contains(&room) {
            rooms.push(room);
        }
    }
    let known: Vec<KnownRoom> = chat.rooms.titles.with_untracked(|titles| {
        rooms.into_iter().map(|room| KnownRoom { title: titles.get(&room).cloned(), room }).collect()
    });
    let found = find_rooms(typed, &known, &lower_parts).into_iter().map(RoomOption::Open);
    let other = typed_room(typed, &lower_parts).ok().filter(|typed| known.iter().all(|known| known.room != typed.room));
    let private = typed_room(typed, &lower_parts).is_ok().then(|| typed.trim().parse().ok()).flatten();
    let private = private.map(RoomOption::CreatePrivate);
    found.chain(other.map(RoomOption::Create)).chain(private).collect()
}

/// Handles a key of the field. Returns whether the list used it.
fn on_key(chat: Chat, search: RoomSearch, key: &str) -> bool {
    let is_down = match key {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return false,
    };
    if !search.is_choosing.get_untracked() {
        // All rooms, as if each of them matched.
        set(search.found, find(chat, search, ""));
        set(search.selected, 0);
        set(search.is_choosing, true);
        return true;
    }
    let count = search.found.with_untracked(Vec::len).max(1);
    search.selected.update(|selected| *selected = (*selected + if is_down { 1 } else { count - 1 }) % count);
    if let Some(option) = document().get_element_by_id(&option_id(search.selected.get_untracked())) {
        option.scroll_into_view_with_bool(false);
    }
    true
}

/// Opens the selected room, or says why there is none.
fn open_selected(chat: Chat, search: RoomSearch) {
    let selected = search.selected.get_untracked();
    let option = search.found.with_untracked(|found| found.get(selected).cloned());
    match option.filter(|_| search.is_choosing.get_untracked()) {
        Some(RoomOption::Open(found)) => open(chat, &found.room),
        Some(RoomOption::Create(TypedRoom { room, title })) => {
            chat.run_in_dialog(DialogIntent::TitleNewRoom(room.clone(), title));
            open(chat, &room);
        }
        Some(RoomOption::CreatePrivate(title)) => chat.run_in_dialog(DialogIntent::CreatePrivateRoom(title)),
        None => {
            let typed = search.field.get_untracked().map(|field| field.value()).unwrap_or_default();
            set(search.error, typed_room(&typed, &lower_parts).err());
            if let Some(field) = search.field.get_untracked() {
                _ = field.focus();
            }
        }
    }
}

fn open(chat: Chat, room: &RoomName) {
    if chat.room.name.with_untracked(|current| *current == room.as_str()) {
        dialog::close(chat.rooms.dialog);
    } else {
        chat.open_room(room);
    }
}
