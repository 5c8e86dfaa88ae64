//! The dialog that lists the people in the room.

use page_view::{Element, element, reactive};
use shared_types::Person;

use crate::ui::{
    direct_dialog::{self, DirectDialog},
    members_dialog,
    moderation::restriction_dialog,
    parts::avatar::avatar,
    people_panel::{card_button, identity, is_wide, more_people, toggle},
    state::{
        Chat,
        intent::{DialogIntent, Intent},
    },
};

/// Draws the dialog.
pub(crate) fn people_dialog(chat: Chat, direct: DirectDialog) -> Element {
    let people_dialog = chat.on_demand.people_dialog;
    let people = move || {
        let person = |person: Person| {
            let button = card_button(chat, person.clone(), people_dialog);
            let button = button.child(avatar(chat, &person)).child(identity(chat, &person));
            let message = direct_dialog::message_icon(chat, &person, people_dialog);
            element("li").class("people-entry").child(button).child(message).child(restriction_dialog::button(
                chat,
                person,
                people_dialog,
            ))
        };
        chat.room.people.get().into_iter().map(person).collect::<Vec<_>>()
    };
    let close = element("button").class("button").with("type", "submit").text(chat.translations.close);
    let form = element("form")
        .with("method", "dialog")
        .child(element("h2").with("id", "people-title").text(chat.translations.people))
        .child(element("ul").class("people-list").child(reactive(people)))
        .child(more_people(chat))
        .child(
            element("div")
                .class("name-buttons")
                .child(direct_dialog::button(chat, direct))
                .child(members_dialog::button(chat))
                .child(close),
        );
    element("dialog")
        .class("name-dialog people")
        .with("aria-labelledby", "people-title")
        .with("closedby", "any")
        .node_ref(people_dialog)
        .child(form)
}

/// Opens the dialog, or opens or closes the panel where there is one. Requests the current list, because large rooms do not announce every
/// change.
pub(crate) fn show(chat: Chat) {
    if is_wide() {
        return toggle(chat);
    }
    chat.dispatch.run(Intent::RefreshPeople);
    chat.run_in_dialog(DialogIntent::LoadStatuses);
    if let Some(dialog) = chat.on_demand.people_dialog.get_untracked() {
        _ = dialog.show_modal();
    }
}
