//! The lists of rooms and of direct messages, with what is unread. They are loaded on demand: nothing is known of other rooms before.

use leptos::prelude::*;
use page_model::room_list::RoomEntry;
use page_view::{Element, View, element, reactive};
use web_sys::{HtmlElement, wasm_bindgen::JsCast as _};

use crate::ui::{
    parts::icon_button::{CROSS, icon_button},
    rooms::{badge_class, link, unread_number},
    state::{Chat, intent::DialogIntent},
};

/// Icon of a check mark.
const CHECK: &str = "M5 12.5l4.5 4.5L19 7.5";

/// Draws both lists. That of direct messages has a heading, and is missing while there are none.
pub(crate) fn lists(chat: Chat) -> Vec<View> {
    let rooms = move || {
        let entries = chat.rooms.entries.get().into_iter().filter(|entry| !entry.room.is_direct());
        entries.map(|entry| row(chat, entry)).collect::<Vec<_>>()
    };
    let direct = move || {
        let entries = chat.rooms.entries.get().into_iter().filter(|entry| entry.room.is_direct());
        let mut entries: Vec<RoomEntry> = entries.collect();
        if entries.is_empty() {
            return Vec::new();
        }
        // The addresses say nothing.
        chat.rooms.titles.with(|titles| entries.sort_by_cached_key(|entry| titles.label(&entry.room)));
        let title = chat.translations.dialogs().direct_messages;
        let rows = entries.into_iter().map(|entry| row(chat, entry));
        vec![
            element("p").class("room-section").with("aria-hidden", "true").text(title),
            list().with("aria-label", title).children(rows),
        ]
    };
    vec![list().child(reactive(rooms)).into(), reactive(direct)]
}

fn list() -> Element {
    // Safari ignores the role of a list without markers, unless the role is explicit.
    element("ul").class("room-list").with("role", "list")
}

fn row(chat: Chat, entry: RoomEntry) -> Element {
    let is_removable = entry.is_removable();
    let RoomEntry { room, is_current, unread, count, mentioned } = entry;
    let label = chat.rooms.titles.with(|titles| titles.marked_label(&room));
    let screen_reader_text =
        unread.then(|| element("span").class("heard").text(chat.translations.is_unread(count, mentioned)));
    let badge = unread.then(|| {
        let badge = element("span").class(badge_class(mentioned)).with("aria-hidden", "true");
        badge.text(unread_number(count, mentioned))
    });
    let link = link(chat, &room, is_current).children(screen_reader_text).children(badge);
    let (read, read_label) = (room.clone(), label.clone());
    let read = unread.then(|| {
        let read = move |()| {
            chat.run_in_dialog(DialogIntent::MarkRoomRead(read.clone()));
            restore_focus([".room-link[href=\"", &read.path(), "\"]"].concat());
        };
        icon_button("room-read", chat.translations.mark_room_read.with(&read_label), CHECK, true, Callback::new(read))
    });
    let remove = is_removable.then(|| {
        let remove = move |()| {
            chat.run_in_dialog(DialogIntent::RemoveRoom(room.clone()));
            restore_focus(".room-link".into());
        };
        icon_button("room-forget", chat.translations.remove_room.with(&label), CROSS, true, Callback::new(remove))
    });
    element("li").class(if unread { "room-row unread" } else { "room-row" }).child(link).child(read).child(remove)
}

/// Keeps the focus in the list after the focused button was removed: the first of these links gets it.
fn restore_focus(link: String) {
    request_animation_frame(move || {
        let is_lost = document().active_element().is_none_or(|active| active.matches("body, dialog").unwrap_or(true));
        let first = |list: &str| document().query_selector(list).ok().flatten();
        if let Some(room) = first(&["[open] ", &link].concat()).or_else(|| first(&link)).filter(|_| is_lost) {
            _ = room.unchecked_into::<HtmlElement>().focus();
        }
    });
}
