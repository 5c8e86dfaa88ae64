//! The dialog that lists the people in the room.

use leptos::{ev, prelude::*};
use page_view::{Element, element, reactive};
use shared_types::Person;

use crate::ui::{
    members_dialog,
    moderation::restriction_dialog,
    parts::{avatar::avatar, dialog},
    state::{Chat, intent::Intent},
};

/// Draws the dialog.
pub(crate) fn people_dialog(chat: Chat) -> Element {
    let people_dialog = chat.on_demand.people_dialog;
    let me = move || chat.room.you.with(|you| you.id.clone());
    let people = move || {
        let me = me();
        let person = |person: Person| {
            let part = |class: &'static str, text: &str| element("span").class(class).text(text.to_owned());
            let identity = element("span")
                .class("person-who")
                .child(part("person-name", person.name.as_str()))
                .child(chat.tag(&person).map(|tag| part("tag", &tag)))
                .child(person.moderator.then(|| part("badge", chat.translations.moderator)))
                .child((person.id == me).then(|| part("person-you", chat.translations.dialogs().yourself)));
            let avatar = avatar(chat, &person);
            let restrict = restriction_dialog::button(chat, person, people_dialog);
            element("li").class("person").child(avatar).child(identity).child(restrict)
        };
        chat.room.people.get().into_iter().map(person).collect::<Vec<_>>()
    };
    let others = move || {
        let others = (chat.room.online.get() as usize).saturating_sub(chat.room.people.with(Vec::len));
        (others > 0).then(|| element("p").class("name-hint").text(chat.translations.dialogs().more_people.of(others)))
    };
    let close = element("button").class("button").with("type", "submit").text(chat.translations.close);
    let members = move || {
        chat.room.address().is_private().then(|| {
            let open = move |_| {
                dialog::close(chat.on_demand.people_dialog);
                members_dialog::open(chat);
            };
            let label = chat.translations.dialogs().members;
            element("button").class("button").with("type", "button").text(label).on(ev::click, open)
        })
    };
    let form = element("form")
        .with("method", "dialog")
        .child(element("h2").with("id", "people-title").text(chat.translations.people))
        .child(element("ul").class("people-list").child(reactive(people)))
        .child(reactive(others))
        .child(element("div").class("name-buttons").child(reactive(members)).child(close));
    element("dialog")
        .class("name-dialog people")
        .with("aria-labelledby", "people-title")
        .with("closedby", "any")
        .node_ref(people_dialog)
        .child(form)
}

/// Opens the dialog and requests the current list, because large rooms do not announce every change.
pub(crate) fn show(chat: Chat) {
    chat.dispatch.run(Intent::RefreshPeople);
    if let Some(dialog) = chat.on_demand.people_dialog.get_untracked() {
        _ = dialog.show_modal();
    }
}
