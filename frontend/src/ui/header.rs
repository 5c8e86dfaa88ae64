//! The header: the room and its topic, the number of people online, search, and the visitor's name.

use leptos::ev;
use page_model::connection::Status;
use page_view::{Element, element, reactive};

use crate::ui::{
    invite,
    parts::avatar::avatar,
    rooms, search_dialog,
    state::{Chat, on_demand::DialogRequest},
};

/// Draws the header.
pub(crate) fn header(chat: Chat) -> Element {
    let button = |class| element("button").class(class).with("type", "button");
    let me = move || {
        let you = chat.room.you.get();
        let name = element("span").class("me-name").text(you.name.to_string());
        let me = button("me").with("title", chat.translations.about_you);
        [me.on(ev::click, move |_| chat.open_dialog(DialogRequest::Profile)).child(avatar(chat, &you)).child(name)]
    };
    let online = move || {
        let sentence = match chat.room.status.get() {
            // A banned or signed-out visitor does not see who is online.
            Status::Ended(_) => chat.translations.offline.into(),
            // The server counts nobody where it could not count.
            _ => match chat.room.online.get() as usize {
                0 => String::new(),
                online => chat.translations.online.of(online),
            },
        };
        // A phone shows the number alone.
        let digits = sentence.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = sentence.split_at(digits);
        [element("span").text(number.to_owned()), element("span").class("unit").text(unit.to_owned())]
    };
    let presence = button("presence")
        .with("title", chat.translations.people)
        .on(ev::click, move |_| chat.open_dialog(DialogRequest::People))
        .child(element("span").class("dot").with("aria-hidden", "true"))
        .child(element("span").class("online").child(reactive(online)));
    let topic = move || {
        let topic = chat.room.details.with(|details| details.topic.as_ref().map(ToString::to_string))?;
        let open = move |_| chat.open_dialog(DialogRequest::RoomDetails);
        Some(button("topic").with("dir", "auto").with("title", topic.clone()).on(ev::click, open).text(topic))
    };
    element("header")
        .class("bar")
        .child(element("h1").class("room").child(rooms::room_button(chat)))
        .child(reactive(topic))
        .child(presence)
        .child(invite::button(chat))
        .child(search_dialog::button(chat))
        .child(reactive(me))
}
