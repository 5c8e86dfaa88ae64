//! The buttons beside a room in the list: favourite, mark as read, remove. They are loaded on demand.

use leptos::{ev, prelude::*};
use page_model::room_list::RoomEntry;
use page_view::{Callback, Element, element};
use web_sys::{HtmlElement, wasm_bindgen::JsCast as _};

use crate::ui::{
    parts::icon_button::{CROSS, icon, icon_button},
    state::{Chat, intent::DialogIntent},
};

/// Icon of a check mark.
const CHECK: &str = "M5 12.5l4.5 4.5L19 7.5";
/// Icon of a star.
const STAR: &str = "M12 4.5l2.3 4.8 5.2.7-3.8 3.7.9 5.3-4.6-2.5-4.6 2.5.9-5.3L4.5 10l5.2-.7z";
/// Icon of a bell that is crossed out.
const MUTED: &str = "M7 16.5v-5a5 5 0 0 1 8.5-3.5M17 12v4.5H6M10.5 19.5h3M5 4.5l14 15";

/// Draws the buttons of a room. `label` is its title or name with the mark before it. A room with unsent messages stays in the list.
pub(crate) fn buttons(chat: Chat, entry: &RoomEntry, is_unsent: bool, label: &str) -> Element {
    let texts = chat.translations.room_choices();
    let muted = entry.muted.then(|| {
        let mark = element("span").class("room-muted").with("role", "img").with("aria-label", texts.muted);
        mark.with("title", texts.muted).child(icon(MUTED))
    });
    let (room, path) = (entry.room.clone(), entry.room.path());
    let choose = move |()| {
        chat.run_in_dialog(DialogIntent::ToggleFavourite(room.clone()));
        // The row has moved, and another room is where it was.
        set_focus(["[data-room=\"", &path, "\"] .room-star"].concat(), true);
    };
    let star = icon_button("room-star", texts.favourite.with(label), STAR, true, Callback::new(choose));
    let star = star.with("aria-pressed", if entry.favourite { "true" } else { "false" });
    let read = entry.unread.then(|| {
        let room = entry.room.clone();
        let read = move |()| {
            chat.run_in_dialog(DialogIntent::MarkRoomRead(room.clone()));
            set_focus([".room-link[href=\"", &room.path(), "\"]"].concat(), false);
        };
        icon_button("room-read", texts.mark_read.with(label), CHECK, true, Callback::new(read))
    });
    // A favourite stays in the list, and so does a room with unread messages.
    let remove = (entry.is_removable() && !entry.favourite && !entry.unread && !is_unsent).then(|| {
        let room = entry.room.clone();
        let remove = move |()| {
            chat.run_in_dialog(DialogIntent::RemoveRoom(room.clone()));
            // The button is gone, or that of the next room. What it did can be undone at once.
            set_focus(".room-undo".into(), true);
        };
        let label = texts.remove.with(label);
        element("button")
            .class("room-forget")
            .with("type", "button")
            .with("aria-label", label.clone())
            .with("title", label)
            .on(ev::click, on_single_click(Callback::new(remove)))
            .child(icon(CROSS))
    });
    // In the column, those in `room-more` are drawn over the end of the name while the pointer or the focus is in the row.
    let (shown, hidden) = if entry.favourite { (Some(star), None) } else { (None, Some(star)) };
    let more = element("span").class("room-more").child(read).child(hidden).child(remove);
    element("span").class("room-buttons").with("data-room", entry.room.path()).child(muted).child(more).child(shown)
}

/// Returns a handler that ignores the second click of a double click: what was clicked is gone, and something else is in its place.
pub(crate) fn on_single_click(act: Callback<()>) -> impl Fn(ev::MouseEvent) + 'static {
    move |event| {
        if event.detail() < 2 {
            act.run(());
        }
    }
}

/// Sets the focus in the list to the first of these elements after the list was drawn again: `always`, or only if it is lost.
pub(crate) fn set_focus(selector: String, always: bool) {
    request_animation_frame(move || {
        let is_lost =
            || document().active_element().is_none_or(|active| active.matches("body, dialog").unwrap_or(true));
        let first = |list: &str| document().query_selector(list).ok().flatten();
        if let Some(found) = first(&["[open] ", &selector].concat()).or_else(|| first(&selector))
            && (always || is_lost())
        {
            _ = found.unchecked_into::<HtmlElement>().focus();
        }
    });
}
