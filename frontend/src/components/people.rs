//! Who is in the room.

use leptos::{html, prelude::*};

use super::avatar;
use crate::chat::{Chat, Intent};

#[component]
pub(crate) fn People(chat: Chat, dialog: NodeRef<html::Dialog>) -> impl IntoView {
    let me = move || chat.you.with(|you| you.id.clone());
    let people = move || {
        let me = me();
        let person = |person: shared_types::Person| {
            let yourself = (person.id == me).then_some(chat.words.yourself);
            view! {
                <li class="person">
                    {avatar(&person)}
                    <span class="person-name">{person.name.to_string()}</span>
                    <span class="person-you">{yourself}</span>
                </li>
            }
        };
        chat.people.get().into_iter().map(person).collect_view()
    };
    let others = move || {
        let others = (chat.online.get() as usize).saturating_sub(chat.people.with(Vec::len));
        (others > 0).then(|| view! { <p class="name-hint">{chat.words.more_people.of(others)}</p> })
    };
    view! {
        <dialog class="name-dialog people" aria-labelledby="people-title" closedby="any" node_ref=dialog>
            <form method="dialog">
                <h2 id="people-title">{chat.words.people}</h2>
                <ul class="people-list">{people}</ul>
                {others}
                <div class="name-buttons">
                    <button class="button" type="submit">{chat.words.close}</button>
                </div>
            </form>
        </dialog>
    }
    .into_any()
}

/// Opens the list, and asks for the newest one: in a large room not every change of it is told.
pub(super) fn open(chat: Chat, dialog: NodeRef<html::Dialog>) {
    chat.intend.run(Intent::LookAround);
    if let Some(dialog) = dialog.get_untracked() {
        _ = dialog.show_modal();
    }
}
