//! The rooms that the visitor has been in, and the way into any other: a column beside the chat where there is room for
//! one, and a dialog everywhere.

use leptos::{html, prelude::*, tachys::html::node_ref::NodeRefContainer};
use page_model::room_list::{RoomEntry, parse_room_name};
use shared_types::NameError;
use web_sys::{HtmlElement, wasm_bindgen::JsCast as _};

use crate::ui::{
    moderation,
    parts::{
        dialog::{self, is_special, titled_dialog},
        element::{element, reactive, reactive_text},
        icon_button::{CROSS, icon, icon_button},
    },
    state::{Chat, intent::Intent},
};

/// Down.
const CHEVRON: &str = "M7 10l5 5 5-5";
/// One more.
const PLUS: &str = "M12 5.5v13M5.5 12h13";

/// The column. The style sheet keeps its place on wide screens from the first paint on, and the room that is shown stands
/// first in it, so nothing moves when the others come.
pub(crate) fn column(chat: Chat) -> AnyView {
    let title = element("p").with("aria-hidden", "true").text(chat.translations.rooms).into_any();
    let others =
        icon_button("rooms-open", chat.translations.open_room.into(), PLUS, true, Callback::new(move |()| open(chat)));
    element("nav")
        .class("rooms")
        .with("aria-label", chat.translations.rooms)
        .child(element("div").class("rooms-bar").child(title).child(others).into_any())
        .child(list(chat))
        .into_any()
}

/// The name of the room, which opens the dialog.
pub(crate) fn room_button(chat: Chat) -> AnyView {
    let elsewhere = move || chat.rooms.entries.with(|rooms| rooms.iter().any(|entry| entry.unread));
    let heard = reactive_text(move || if elsewhere() { chat.translations.new_elsewhere.into() } else { String::new() });
    element("button")
        .class("room-switch")
        .with("type", "button")
        .with("aria-haspopup", "dialog")
        .on("click", move |_| open(chat))
        .reactive_attribute("data-unread", move || elsewhere().then(String::new))
        .with("title", chat.translations.switch_rooms)
        .children(name(chat.room_name()))
        .child(icon(CHEVRON))
        .child(element("span").class("heard").child(heard).into_any())
        .into_any()
}

/// The dialog.
pub(crate) fn room_dialog(chat: Chat) -> AnyView {
    let field = NodeRef::<html::Input>::new();
    let error = RwSignal::new(None::<NameError>);
    let enter = move || {
        let Some(field) = field.get_untracked() else { return };
        match parse_room_name(&field.value()) {
            // A room is made by being entered.
            Ok(room) => _ = window().location().set_href(&room.path()),
            Err(why) => {
                error.set(Some(why));
                _ = field.focus();
            }
        }
    };
    let name = element("input")
        .with("aria-label", chat.translations.room_name)
        .with("placeholder", chat.translations.room_name)
        .reactive_attribute("aria-invalid", move || error.get().map(|_| "true".into()))
        .with("aria-describedby", "room-hint")
        .with("autocapitalize", "none")
        .with("spellcheck", "false")
        .with("enterkeyhint", "go")
        .on_mount(move |drawn| field.load(drawn))
        .on("input", move |_| error.set(None));
    let hint = move || {
        error.get().map_or_else(|| chat.translations.room_hint.to_owned(), |why| chat.translations.bad_room(why))
    };
    let hint = element("p")
        .reactive_attribute("class", move || {
            Some(if error.get().is_some() { "sheet-hint wrong" } else { "sheet-hint" }.into())
        })
        .with("id", "room-hint")
        .with("aria-live", "polite")
        .child(reactive_text(hint));
    titled_dialog(chat, "switcher", chat.translations.rooms, chat.rooms.dialog)
        .child(dialog::form(name, chat.translations.open, enter).into_any())
        .child(hint.into_any())
        .child(element("div").class("sheet-body").child(list(chat)).into_any())
        .child(moderation::buttons(chat))
        .on("close", move |_| {
            // It is heard of a little later, and by then it may be open again and written in.
            if chat.rooms.dialog.get_untracked().is_none_or(|dialog| dialog.open()) {
                return;
            }
            error.set(None);
            if let Some(field) = field.get_untracked() {
                field.set_value("");
            }
        })
        .into_any()
}

/// Opens the dialog.
pub(crate) fn open(chat: Chat) {
    chat.dispatch.run(Intent::RefreshRooms);
    dialog::open(chat.rooms.dialog);
}

fn list(chat: Chat) -> AnyView {
    let rows = move || chat.rooms.entries.get().into_iter().map(|entry| row(chat, entry)).collect();
    // Without its marks a list is none for Safari, unless it says so.
    element("ul").class("room-list").with("role", "list").child(reactive(rows)).into_any()
}

fn row(chat: Chat, entry: RoomEntry) -> AnyView {
    let RoomEntry { room, is_current: here, unread } = entry;
    let label = room.to_string();
    let heard = unread.then(|| element("span").class("heard").text(chat.translations.is_unread()).into_any());
    let link = element("a")
        .class("room-link")
        .with("href", room.path())
        .optional_attribute("aria-current", here.then_some("page"))
        .on("click", move |event| {
            // One is there already.
            if here && !is_special(&event) {
                event.prevent_default();
                dialog::close(chat.rooms.dialog);
            }
        })
        .children(name(label.clone()))
        .children(heard);
    let forget = (!here).then(|| {
        let forget = move |()| {
            chat.dispatch.run(Intent::RemoveRoom(room.clone()));
            focus_a_room();
        };
        icon_button("room-forget", chat.translations.remove_room.with(&label), CROSS, true, Callback::new(forget))
    });
    element("li")
        .class(if unread { "room-row unread" } else { "room-row" })
        .child(link.into_any())
        .children(forget)
        .into_any()
}

fn name(room: String) -> [AnyView; 2] {
    let mark = element("span").class("room-mark").with("aria-hidden", "true").text("#");
    [mark.into_any(), element("span").class("room-name").text(room).into_any()]
}

/// Keeps the focus in the list when the row that had it is gone.
fn focus_a_room() {
    request_animation_frame(|| {
        let lost = document().active_element().is_none_or(|active| active.matches("body, dialog").unwrap_or(true));
        let first = |list: &str| document().query_selector(list).ok().flatten();
        if let Some(room) = first("[open] .room-link").or_else(|| first(".room-link")).filter(|_| lost) {
            _ = room.unchecked_into::<HtmlElement>().focus();
        }
    });
}
