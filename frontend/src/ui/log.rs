//! The log of messages, and the buttons that lead to other positions in it.

pub(crate) mod connection_status;
mod copied_messages;
pub(crate) mod extras;
#[cfg(feature = "hydrate")]
pub(crate) mod gestures;
#[cfg(feature = "hydrate")]
mod long_press;
pub(crate) mod message_keys;
pub(crate) mod scroll;
pub(crate) mod toast;
pub(crate) mod typing;

use leptos::ev;
use page_view::{Element, View, element, keyed, reactive};
use shared_types::Seq;

use crate::ui::{
    invite,
    message::{message, toolbar::toolbar},
    state::{Chat, intent::Intent, log::OlderMessages, set},
};

/// Draws the log. Its scrolling element is laid out from the end, with one inner element: the newest message is in view
/// before any script runs, and inserting older messages does not move the others.
pub(crate) fn log(chat: Chat) -> [View; 4] {
    let on_scroll = move |_| {
        let Some(log) = chat.log.element.get_untracked() else { return };
        let is_detached = chat.log.is_detached.get_untracked();
        if scroll::at_end(&log) && !is_detached {
            set(chat.log.unread_below, false);
            chat.dispatch.run(Intent::MarkRead);
        }
        if scroll::near_start(&log) && chat.log.older.get_untracked() == OlderMessages::Some {
            chat.dispatch.run(Intent::LoadOlder);
        }
        if is_detached && scroll::near_end(&log) {
            chat.dispatch.run(Intent::LoadNewer);
        }
        if chat.log.unread.with_untracked(Option::is_some) && scroll::unread_line_in_view(&log) {
            set(chat.log.unread, None);
        }
    };
    let busy = move || Some(if chat.log.older.get() == OlderMessages::Loading { "true" } else { "false" });
    let to_newest = move || {
        let label = if chat.log.unread_below.get() { Some(chat.translations.new_messages) } else { None };
        let label = label.or_else(|| chat.log.is_detached.get().then_some(chat.translations.to_newest))?;
        Some(jump_button(chat, "new-messages", label.into(), None))
    };
    let unread = move || {
        let unread = chat.log.unread.get()?;
        Some(jump_button(chat, "news", chat.translations.unread_messages(&unread), Some(unread.from)))
    };
    let rows = keyed(
        move || chat.log.rows.get(),
        |shown| shown.key.clone(),
        move |shown| {
            let row = shown.row.clone();
            reactive(move || message(chat, row.get()))
        },
    );
    let log = element("div")
        .class("log")
        .with("role", "log")
        .with("aria-live", "polite")
        .reactive_attribute("aria-busy", busy)
        .reactive_attribute("aria-label", move || Some(chat.translations.log.with(&chat.marked_room_label())))
        .with("tabindex", "0")
        .node_ref(chat.log.element)
        .on(ev::scroll, on_scroll)
        .child(element("div").class("log-rows").child(start(chat)).child(rows));
    [log.into(), reactive(unread), reactive(to_newest), toolbar(chat).into()]
}

/// Draws a button that leads to a message, or else to the newest ones. It moves the focus to the log, because the button
/// may disappear.
fn jump_button(chat: Chat, class: &'static str, label: String, message: Option<Seq>) -> Element {
    let go = move |_| {
        if let Some(log) = chat.log.element.get_untracked() {
            _ = log.focus();
        }
        chat.dispatch.run(message.map_or(Intent::GoToNewest, Intent::GoToMessage));
    };
    element("button").class(class).with("type", "button").on(ev::click, go).text(label)
}

/// Draws what precedes the first message: a button that loads older ones, or the beginning of the room.
fn start(chat: Chat) -> View {
    reactive(move || match chat.log.older.get() {
        OlderMessages::None => {
            // Nobody else comes into a direct message.
            let empty = chat.log.rows.with(Vec::is_empty) && !chat.room.address().is_direct();
            let sentence = if empty { chat.translations.empty } else { chat.translations.welcome };
            let title = element("h2")
                .class("beginning-title")
                .text(chat.translations.beginning.with(&chat.marked_room_label()));
            let invite = empty.then(|| invite::text_button(chat));
            [element("div").class("history beginning").child(title).child(element("p").text(sentence)).child(invite)]
        }
        older => {
            let label =
                if older == OlderMessages::Loading { chat.translations.loading } else { chat.translations.older };
            let button = element("button")
                .class("quiet")
                .with("type", "button")
                .on(ev::click, move |_| chat.dispatch.run(Intent::LoadOlder))
                .text(label);
            [element("div").class("history").child(button)]
        }
    })
}
