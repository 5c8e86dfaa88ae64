//! The lists of rooms and of direct messages, with what is unread. They are loaded on demand: nothing is known of other rooms before.

use leptos::ev;
use page_model::room_list::RoomEntry;
use page_view::{Element, View, element, reactive};

use crate::ui::{
    message_lists::MessageList,
    parts::{dialog, icon_button::icon},
    rooms::{badge_class, link, notices, row_buttons, unread_number},
    state::{Chat, on_demand::DialogRequest},
};

/// Icon of a clock.
const CLOCK: &str = "M12 4.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM12 8v4.5l3 2";

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
        // By title: the addresses of direct messages are hashes.
        if !notices::is_by_activity() {
            chat.rooms
                .titles
                .with(|titles| entries.sort_by_cached_key(|entry| (!entry.favourite, titles.label(&entry.room))));
        }
        let title = chat.translations.dialogs().direct_messages;
        let rows = entries.into_iter().map(|entry| row(chat, entry));
        vec![
            element("p").class("room-section").with("aria-hidden", "true").text(title),
            list().with("aria-label", title).children(rows),
        ]
    };
    let threads = move || {
        let sentence = chat.thread.unread_sentence.get();
        (!sentence.is_empty()).then(|| threads_row(chat, sentence))
    };
    let lists = [reactive(threads), list().child(reactive(rooms)).into(), reactive(direct)];
    lists.into_iter().chain(notices::notices(chat).map(View::from)).collect()
}

/// Draws the button that opens the list of threads, while some of the room have unread replies.
fn threads_row(chat: Chat, sentence: String) -> Element {
    let open = move |_| {
        dialog::close(chat.rooms.dialog);
        chat.open_dialog(DialogRequest::Messages(MessageList::Threads));
    };
    element("button").class("unread-threads").with("type", "button").on(ev::click, open).text(sentence)
}

fn list() -> Element {
    // Safari ignores the role of a list without markers, unless the role is explicit.
    element("ul").class("room-list").with("role", "list")
}

fn row(chat: Chat, entry: RoomEntry) -> Element {
    let label = chat.rooms.titles.with(|titles| titles.marked_label(&entry.room));
    let is_unsent = notices::has_unsent(&entry.room);
    let buttons = row_buttons::buttons(chat, &entry, is_unsent, &label);
    let RoomEntry { room, is_current, unread, count, mentioned, .. } = entry;
    let screen_reader_text =
        unread.then(|| element("span").class("heard").text(chat.translations.is_unread(count, mentioned)));
    let badge = unread.then(|| {
        let badge = element("span").class(badge_class(mentioned)).with("aria-hidden", "true");
        badge.text(unread_number(count, mentioned))
    });
    let unsent = is_unsent.then(|| {
        let texts = chat.translations.room_choices();
        let mark = element("span").class("room-unsent").with("aria-hidden", "true").with("title", texts.unsent);
        [element("span").class("heard").text(texts.is_unsent), mark.child(icon(CLOCK))]
    });
    let link = link(chat, &room, is_current).children(screen_reader_text);
    let link = link.children(unsent.into_iter().flatten()).children(badge);
    element("li").class(if unread { "room-row unread" } else { "room-row" }).child(link).child(buttons)
}
