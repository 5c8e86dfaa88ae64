//! The list of visited rooms: as a column beside the chat on wide screens, and in a dialog everywhere.

pub(crate) mod directory_dialog;
pub(crate) mod list;
pub(crate) mod notices;
pub(crate) mod room_dialog;
pub(crate) mod row_buttons;

use leptos::{ev, prelude::*};
use page_model::room_list::RoomEntry;
use page_view::{Callback, Element, View, element, reactive, reactive_text};
use shared_types::RoomName;

use crate::{
    i18n::capped_count,
    ui::{
        parts::{
            dialog::{self, has_modifier},
            icon_button::{icon, icon_button},
        },
        state::{
            Chat,
            intent::Intent,
            on_demand::{DialogRequest, Slot},
        },
    },
};

/// Icon of a chevron that points down.
const CHEVRON: &str = "M7 10l5 5 5-5";
/// Icon of a plus sign.
const PLUS: &str = "M12 5.5v13M5.5 12h13";

/// Draws the column. The style sheet reserves its space from the first paint on, and hides the list until it is complete, so that no
/// room moves when the visited ones are added.
pub(crate) fn column(chat: Chat) -> Element {
    let title = move || {
        let name = chat.name.get();
        if name.is_empty() { chat.translations.rooms.to_owned() } else { name }
    };
    let title = element("p").with("aria-hidden", "true").with("dir", "auto").child(reactive_text(title));
    let open_button =
        icon_button("rooms-open", chat.translations.open_room.into(), PLUS, true, Callback::new(move |()| open(chat)));
    element("nav")
        .class("rooms")
        .with("aria-label", chat.translations.rooms)
        .reactive_attribute("data-pending", move || (!chat.rooms.is_complete.get()).then_some(""))
        .child(element("div").class("rooms-bar").child(title).child(open_button))
        .child(rooms_list(chat))
}

/// Draws the name of the room as a button that opens the dialog. Its badge tells what is unread in other rooms and in threads.
pub(crate) fn room_button(chat: Chat) -> Element {
    let threads = chat.thread.unread_sentence;
    let has_unread = move || chat.rooms.unread().any || threads.with(|sentence| !sentence.is_empty());
    let screen_reader_text = reactive_text(move || chat.translations.unread_elsewhere(chat.rooms.unread()));
    let heard = |text| element("span").class("heard").child(text);
    let number = reactive_text(move || {
        let unread = chat.rooms.unread();
        unread_number(unread.count, unread.mentioned)
    });
    let badge = element("span")
        .reactive_attribute("class", move || Some(badge_class(chat.rooms.unread().mentioned)))
        .with("aria-hidden", "true")
        .child(number);
    element("button")
        .class("room-switch")
        .with("type", "button")
        .with("aria-haspopup", "dialog")
        .on(ev::click, move |_| open(chat))
        .reactive_attribute("data-unread", move || has_unread().then_some(""))
        .with("title", chat.translations.switch_rooms)
        .child(reactive(move || [mark(chat, &chat.room.address())]))
        .child(name(reactive_text(move || chat.room_label())))
        .child(icon(CHEVRON))
        .child(badge)
        .child(heard(screen_reader_text))
        .child(heard(reactive_text(move || threads.get())))
}

/// Returns what a badge shows: the number of unread messages, after an `@` if one of them mentions the visitor. It is empty, which is
/// drawn as a dot, if the number is unknown.
fn unread_number(count: u32, mentioned: bool) -> String {
    match (count, mentioned) {
        (0, _) => String::new(),
        (count, false) => capped_count(count),
        (count, true) => ["@", &capped_count(count)].concat(),
    }
}

fn badge_class(mentioned: bool) -> &'static str {
    if mentioned { "room-badge mentioned" } else { "room-badge" }
}

/// Opens the dialog, as soon as it is loaded.
pub(crate) fn open(chat: Chat) {
    chat.open_dialog(DialogRequest::Rooms);
}

/// Draws the list: without what is unread and without buttons until the program has loaded [`list`], which draws it then.
fn rooms_list(chat: Chat) -> View {
    reactive(move || match chat.on_demand.functions.get() {
        Some(functions) => untrack(|| (functions.draw)(chat, Slot::Rooms)),
        None => {
            let row = |RoomEntry { room, is_current, .. }| {
                element("li").class("room-row").child(link(chat, &room, is_current))
            };
            let rows = chat.rooms.entries.get().into_iter().map(row);
            // Safari ignores the role of a list without markers, unless the role is explicit.
            vec![element("ul").class("room-list").with("role", "list").children(rows).into()]
        }
    })
}

/// Draws the link to a room.
fn link(chat: Chat, room: &RoomName, is_current: bool) -> Element {
    let target = room.clone();
    element("a")
        .class("room-link")
        .with("href", room.path())
        .optional_attribute("aria-current", is_current.then_some("page"))
        .on(ev::click, move |event| {
            if has_modifier(&event) {
                return;
            }
            // The visitor is in this room already.
            if is_current {
                event.prevent_default();
                dialog::close(chat.rooms.dialog);
            } else {
                chat.dispatch.run(Intent::EnterRoom(target.clone(), Some(event)));
            }
        })
        .child(mark(chat, room))
        .child(name(chat.rooms.titles.with(|titles| titles.label(room))))
}

fn name(room: impl Into<View>) -> Element {
    element("span").class("room-name").with("dir", "auto").child(room)
}

/// Draws the mark before the name of a room.
fn mark(chat: Chat, room: &RoomName) -> Element {
    if room.is_private() {
        return private_mark().with("role", "img").with("aria-label", chat.translations.private);
    }
    element("span").class("room-mark").with("aria-hidden", "true").text("#")
}

/// Path of a lock.
const LOCK: &str = "M12 2a5 5 0 0 0-5 5v3H5v11h14V10h-2V7a5 5 0 0 0-5-5zm-3 8V7a3 3 0 0 1 6 0v3z";

/// Draws the mark of a private room. It is no emoji, because not every device has a font with them.
pub(crate) fn private_mark() -> Element {
    let lock = element("svg")
        .with("viewBox", "0 0 24 24")
        .with("width", ".9em")
        .with("fill", "currentColor")
        .with("aria-hidden", "true")
        .child(element("path").with("d", LOCK));
    element("span").class("room-mark").child(lock)
}
