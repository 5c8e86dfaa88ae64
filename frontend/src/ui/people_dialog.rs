//! The dialog that lists the people in the room.

use leptos::{html, prelude::*};
use shared_types::Person;

use crate::ui::{
    moderation::restriction_dialog,
    parts::{
        avatar::avatar,
        element::{element, reactive},
    },
    state::{Chat, intent::Intent},
};

#[component]
pub(crate) fn PeopleDialog(chat: Chat, dialog: NodeRef<html::Dialog>) -> impl IntoView {
    let me = move || chat.room.you.with(|you| you.id.clone());
    let people = move || {
        let me = me();
        let person = |person: Person| {
            let part = |class: &'static str, text: &str| element("span").class(class).text(text).into_any();
            let identity = element("span")
                .class("person-who")
                .child(part("person-name", person.name.as_str()))
                .optional_child(chat.tag(&person).map(|tag| part("tag", &tag)))
                .optional_child(person.moderator.then(|| part("badge", chat.translations.moderator)))
                .optional_child((person.id == me).then(|| part("person-you", chat.translations.yourself)));
            let avatar = avatar(&person);
            let restrict = restriction_dialog::button(chat, person, dialog);
            element("li").class("person").child(avatar).child(identity.into_any()).optional_child(restrict).into_any()
        };
        chat.room.people.get().into_iter().map(person).collect()
    };
    let others = move || {
        let others = (chat.room.online.get() as usize).saturating_sub(chat.room.people.with(Vec::len));
        (others > 0).then(|| view! { <p class="name-hint">{chat.translations.more_people.of(others)}</p> })
    };
    view! {
        <dialog class="name-dialog people" aria-labelledby="people-title" closedby="any" node_ref=dialog>
            <form method="dialog">
                <h2 id="people-title">{chat.translations.people}</h2>
                <ul class="people-list">{reactive(people)}</ul>
                {others}
                <div class="name-buttons">
                    <button class="button" type="submit">{chat.translations.close}</button>
                </div>
            </form>
        </dialog>
    }
    .into_any()
}

/// Opens the dialog and requests the current list, because large rooms do not announce every change.
pub(crate) fn open(chat: Chat, dialog: NodeRef<html::Dialog>) {
    chat.dispatch.run(Intent::RefreshPeople);
    if let Some(dialog) = dialog.get_untracked() {
        _ = dialog.show_modal();
    }
}
