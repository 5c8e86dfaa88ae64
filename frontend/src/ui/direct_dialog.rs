//! The dialog that opens a direct message with several people, and the buttons that open one with one person. They are loaded on demand.

use leptos::{ev, prelude::*};
use page_view::{Callback, Element, NodeRef, State, effect, element, keyed};
use shared_types::{Person, PersonId, limits};
use web_sys::{HtmlDialogElement, HtmlInputElement, wasm_bindgen::JsCast as _};

use crate::ui::{
    parts::{
        avatar::avatar,
        dialog::{self, titled_dialog},
        icon_button::icon_button,
    },
    people_panel::identity,
    state::{Chat, intent::DialogIntent, set},
};

/// Icon of a speech bubble.
const BUBBLE: &str = "M4.5 5.5h15v10.5h-9L6.500 19.500V16h-2z";

/// The dialog: the people to choose from, and those who are chosen.
#[derive(Clone, Copy)]
pub(crate) struct DirectDialog {
    dialog: NodeRef<HtmlDialogElement>,
    people: State<Vec<Person>>,
    chosen: State<Vec<PersonId>>,
}

impl DirectDialog {
    /// Returns the dialog with people to choose from.
    pub(crate) fn of(people: Vec<Person>) -> Self {
        Self { dialog: NodeRef::new(), people: State::new(people), chosen: State::new(Vec::new()) }
    }

    fn can_start(self) -> bool {
        self.chosen.with(|chosen| (1..limits::DIRECT_PEOPLE).contains(&chosen.len()))
    }
}

/// Draws the dialog.
pub(crate) fn direct_dialog(chat: Chat, direct: DirectDialog) -> Element {
    let texts = chat.translations.dialogs();
    let people = keyed(
        move || direct.people.get(),
        |person| person.id.to_string(),
        move |person| choice(chat, direct, person.clone()),
    );
    let start = element("button")
        .class("button primary")
        .reactive_attribute("aria-disabled", move || (!direct.can_start()).then_some("true"))
        .with("type", "submit")
        .text(texts.start_direct);
    let form = element("form")
        .class("sheet-body order")
        .on(ev::submit, move |event| {
            event.prevent_default();
            start_chosen(chat, direct);
        })
        .child(element("p").class("name-hint").with("id", "direct-hint").text(texts.direct_hint))
        .child(
            element("fieldset")
                .class("choices")
                .with("aria-labelledby", "direct-title")
                .with("aria-describedby", "direct-hint")
                .child(people),
        )
        .child(element("div").class("name-buttons").child(start));
    titled_dialog(chat, "direct", texts.new_direct, direct.dialog).child(form)
}

fn choice(chat: Chat, direct: DirectDialog, person: Person) -> Element {
    let (id, shown_id) = (person.id.clone(), person.id.clone());
    let toggle = move |event| {
        let is_chosen = event_target_checked(&event);
        direct.chosen.update(|chosen| {
            chosen.retain(|other| *other != id);
            if is_chosen {
                chosen.push(id.clone());
            }
        });
    };
    let field = element("input")
        .with("type", "checkbox")
        .with("autocomplete", "off")
        .on_mount(move |drawn| {
            let drawn: HtmlInputElement = drawn.clone().unchecked_into();
            effect(move || drawn.set_checked(direct.chosen.with(|chosen| chosen.contains(&shown_id))));
        })
        .on(ev::change, toggle);
    element("label").class("choice person").child(field).child(avatar(chat, &person)).child(identity(chat, &person))
}

fn start_chosen(chat: Chat, direct: DirectDialog) {
    if !untrack(|| direct.can_start()) {
        return;
    }
    let chosen = direct.chosen.get_untracked();
    let people = direct.people.get_untracked().into_iter().filter(|person| chosen.contains(&person.id)).collect();
    dialog::close(direct.dialog);
    chat.run_in_dialog(DialogIntent::OpenDirect(people));
}

/// Draws the button that opens the dialog with the people who are here and the authors in the log.
pub(crate) fn button(chat: Chat, direct: DirectDialog) -> Element {
    let open = move |_| {
        dialog::close(chat.on_demand.people_dialog);
        let mut people = chat.known_people();
        people.retain(|person| is_other(chat, person));
        direct.people.set(people);
        set(direct.chosen, Vec::new());
        dialog::open_without_keyboard(direct.dialog);
    };
    let label = chat.translations.dialogs().new_direct;
    element("button").class("button").with("type", "button").on(ev::click, open).text(label)
}

/// Draws the button that opens the direct message with a person, unless the person is the visitor. `container` is closed.
pub(crate) fn message_button(chat: Chat, person: &Person, container: NodeRef<HtmlDialogElement>) -> Option<Element> {
    is_other(chat, person).then(|| {
        let person = person.clone();
        let label = chat.translations.dialogs().message;
        let open = move |_| open_with(chat, &person, container);
        element("button").class("button primary").with("type", "button").on(ev::click, open).text(label)
    })
}

/// Draws the icon button that opens the direct message with a person.
pub(crate) fn message_icon(chat: Chat, person: &Person, container: NodeRef<HtmlDialogElement>) -> Option<Element> {
    is_other(chat, person).then(|| {
        let person = person.clone();
        let label = chat.translations.dialogs().message_person.with(person.name.as_str());
        let open = move |()| open_with(chat, &person, container);
        icon_button("person-sanction", label, BUBBLE, true, Callback::new(open))
    })
}

fn open_with(chat: Chat, person: &Person, container: NodeRef<HtmlDialogElement>) {
    dialog::close(container);
    chat.run_in_dialog(DialogIntent::OpenDirect(vec![person.clone()]));
}

fn is_other(chat: Chat, person: &Person) -> bool {
    !person.is_erased() && chat.room.you.with_untracked(|you| you.id != person.id)
}
