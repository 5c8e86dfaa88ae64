//! The people in the room as a panel beside the log, on wide screens. On others there is a dialog. A click on a person opens their card.

use std::cell::Cell;

use leptos::{ev, prelude::*};
use page_view::{Callback, Element, NodeRef, State, View, element, reactive, reactive_text};
use shared_types::{Person, Role, RoomName};
use web_sys::{HtmlDialogElement, HtmlElement, wasm_bindgen::JsCast as _};

use crate::ui::{
    composer::field,
    direct_dialog::{self, DirectDialog},
    members_dialog,
    moderation::restriction_dialog,
    parts::{
        avatar::avatar,
        dialog::{self, dialog_with_title},
        form_controls::select,
        icon_button::{CROSS, icon_button},
    },
    profile::statuses::{self, status_of},
    state::{Chat, intent::DialogIntent, moderation::RolesView},
};

/// Id of the title of the panel.
const TITLE_ID: &str = "people-panel-title";

/// From this width on there is a panel, as in `style/rooms.css`.
pub(crate) const WIDE: &str = "(min-width: 75rem)";

thread_local! {
    /// The card of this page.
    static CARD: Cell<Option<Card>> = const { Cell::new(None) };
}

/// Opens the card of a person.
pub(crate) fn open_card(chat: Chat, person: Person) {
    if let Some(card) = CARD.get() {
        card.open(chat, person);
    }
}

/// Draws an empty button that closes a dialog and opens the card of a person.
pub(crate) fn card_button(chat: Chat, person: Person, dialog: NodeRef<HtmlDialogElement>) -> Element {
    let open = move |_| {
        dialog::close(dialog);
        open_card(chat, person.clone());
    };
    let button = element("button").class("person person-row").with("type", "button").on(ev::click, open);
    button.with("aria-haspopup", "dialog")
}

/// Whether the window is wide enough for the panel.
pub(crate) fn is_wide() -> bool {
    window().match_media(WIDE).ok().flatten().is_some_and(|query| query.matches())
}

/// Draws the panel and the card.
pub(crate) fn panel_and_card(chat: Chat, direct: DirectDialog) -> [View; 2] {
    let card = Card::of(chat.room.you.get_untracked());
    CARD.set(Some(card));
    let panel = reactive(move || chat.on_demand.people_panel.get().then(|| panel(chat, card, direct)));
    [panel, card_dialog(chat, card).into()]
}

/// Opens or closes the panel.
pub(crate) fn toggle(chat: Chat) {
    let is_open = !chat.on_demand.people_panel.get_untracked();
    chat.run_in_dialog(DialogIntent::ShowPeoplePanel(is_open));
}

/// Closes the panel. The focus goes to the button that opens it.
fn close(chat: Chat) {
    toggle(chat);
    if let Ok(Some(button)) = document().query_selector(".presence") {
        _ = button.unchecked_into::<HtmlElement>().focus();
    }
}

fn panel(chat: Chat, card: Card, direct: DirectDialog) -> Element {
    let title = element("h2").with("id", TITLE_ID).text(chat.translations.people);
    let close_button =
        icon_button("sheet-close", chat.translations.close.into(), CROSS, true, Callback::new(move |()| close(chat)));
    let people = move || chat.room.people.get().into_iter().map(|person| row(chat, card, person)).collect::<Vec<_>>();
    element("aside")
        .class("people-panel")
        .with("aria-labelledby", TITLE_ID)
        .on(ev::keydown, move |event| {
            if event.key() == "Escape" {
                close(chat);
            }
        })
        .child(element("div").class("people-bar").child(title).child(close_button))
        .child(element("ul").class("people-rows").with("role", "list").child(reactive(people)))
        .child(more_people(chat))
        .child(direct_dialog::button(chat, direct))
        .child(members_dialog::button(chat))
}

/// Says how many more people are in the room than the server names.
pub(crate) fn more_people(chat: Chat) -> View {
    reactive(move || {
        let others = (chat.room.online.get() as usize).saturating_sub(chat.room.people.with(Vec::len));
        (others > 0).then(|| element("p").class("name-hint").text(chat.translations.dialogs().more_people.of(others)))
    })
}

/// Names the role of a person, if they moderate. The server does not say of other people whether they are owners, unless the administration was
/// opened.
fn role_of(chat: Chat, person: &Person) -> Option<&'static str> {
    let is_me = chat.room.you.with(|you| you.id == person.id);
    let is_owner = chat.moderation.administration.roles.with(|roles| match roles {
        RolesView::Known(_) => roles.of(&person.id).is_some_and(|entry| entry.role == Role::Owner),
        RolesView::Loading | RolesView::Failed => is_me && chat.moderation.is_owner.get(),
    });
    match (is_owner, person.moderator) {
        (true, _) => Some(chat.translations.administration().role(Role::Owner)),
        (false, true) => Some(chat.translations.moderator),
        (false, false) => None,
    }
}

/// Draws who a person is: the name, and what tells them apart or describes them.
pub(crate) fn identity(chat: Chat, person: &Person) -> Element {
    let part = |class: &'static str, text: &str| element("span").class(class).text(text.to_owned());
    let is_me = chat.room.you.with(|you| you.id == person.id);
    element("span")
        .class("person-who")
        .child(part("person-name", person.name.as_str()))
        .child(chat.tag(person).map(|tag| part("tag", &tag)))
        .child(role_of(chat, person).map(|role| part("badge", role)))
        .child(is_me.then(|| part("person-you", chat.translations.dialogs().yourself)))
        .child(is_away(chat, person).then(|| part("person-you", chat.translations.dialogs().away)))
        .child(status_of(&person.id).map(|status| part("person-status", &status).with("dir", "auto")))
}

fn is_away(chat: Chat, person: &Person) -> bool {
    chat.room.away.with(|away| away.contains(&person.id))
}

fn row(chat: Chat, card: Card, person: Person) -> Element {
    let class = if is_away(chat, &person) { "person person-row away" } else { "person person-row" };
    let restrict = restriction_dialog::button(chat, person.clone(), card.dialog);
    let button = element("button")
        .class(class)
        .with("type", "button")
        .with("aria-haspopup", "dialog")
        .child(avatar(chat, &person))
        .child(identity(chat, &person))
        .on(ev::click, move |_| card.open(chat, person.clone()));
    element("li").class("people-entry").child(button).child(restrict)
}

/// The card of a person.
#[derive(Clone, Copy)]
pub(crate) struct Card {
    dialog: NodeRef<HtmlDialogElement>,
    person: State<Person>,
    /// The place of the private room that is chosen for the person.
    room: State<u32>,
}

impl Card {
    /// Returns the card of a person.
    pub(crate) fn of(person: Person) -> Self {
        Self { dialog: NodeRef::new(), person: State::new(person), room: State::new(0) }
    }

    /// Opens the card and loads the status of the person.
    fn open(self, chat: Chat, person: Person) {
        chat.run_in_dialog(DialogIntent::LoadProfile(person.id.clone()));
        self.person.set(person);
        self.room.set(0);
        dialog::open_without_keyboard(self.dialog);
    }
}

/// Draws the card.
pub(crate) fn card_dialog(chat: Chat, card: Card) -> Element {
    let title = reactive_text(move || card.person.with(|person| person.name.to_string()));
    let body = element("div").class("sheet-body order").child(reactive(move || card_body(chat, card)));
    dialog_with_title(chat, "person-card", title, card.dialog).child(body)
}

fn card_body(chat: Chat, card: Card) -> Vec<Element> {
    let (texts, person) = (chat.translations.dialogs(), card.person.get());
    let is_me = chat.room.you.with(|you| you.id == person.id);
    let is_here = chat.room.people.with(|people| people.iter().any(|present| present.id == person.id));
    let presence = match (is_here, is_away(chat, &person)) {
        (true, false) => texts.here,
        (true, true) => texts.away,
        (false, _) => texts.left,
    };
    let state = match role_of(chat, &person) {
        Some(role) => chat.translations.with_comma(presence, role),
        None => presence.to_owned(),
    };
    let status =
        status_of(&person.id).map(|status| element("p").class("person-status").with("dir", "auto").text(status));
    let about = element("div").class("person-who").child(element("p").text(state)).child(status);
    let known = chat.as_known(&person);
    let shown = if is_here || is_me { known } else { statuses::as_told(known) };
    let who = element("div").class("person card-who").child(avatar(chat, &shown)).child(about);
    let id = element("p")
        .class("name-hint")
        .text([texts.person_id, " "].concat())
        .child(element("code").text(person.id.to_string()));
    let name = person.name.to_string();
    let message = direct_dialog::message_button(chat, &person, card.dialog);
    let mention = (!is_me).then(|| {
        element("button")
            .class("button")
            .with("type", "button")
            .on(ev::click, move |_| {
                dialog::close(card.dialog);
                chat.focus();
                field::replace_before_caret(chat, 0, &["@", &name, " "].concat());
            })
            .text(texts.mention_person)
    });
    let add = (!is_me).then(|| add_to_room(chat, card, &person)).flatten();
    let restrict = restriction_dialog::button(chat, person, card.dialog);
    let card =
        vec![who, id, element("div").class("name-buttons").children(restrict).children(mention).children(message)];
    card.into_iter().chain(add).collect()
}

/// Draws the choice of a private room of the visitor, to which they add the person. The room that is shown is among them.
fn add_to_room(chat: Chat, card: Card, person: &Person) -> Option<Element> {
    let entries = chat.rooms.entries.get().into_iter().map(|entry| entry.room);
    let rooms: Vec<RoomName> = entries.filter(|room| room.is_private() && !room.is_direct()).collect();
    if rooms.is_empty() {
        return None;
    }
    let label = |room: &RoomName| chat.rooms.titles.with(|titles| titles.label(room));
    let options = rooms.iter().enumerate().map(|(place, room)| (place as u32, label(room))).collect();
    let (texts, selected, person) = (chat.translations.private_rooms(), card.room, person.clone());
    let add = move |_| {
        dialog::close(card.dialog);
        if let Some(room) = rooms.get(selected.get_untracked() as usize) {
            chat.run_in_dialog(DialogIntent::AddMember(room.clone(), person.clone()));
        }
    };
    let add = element("button").class("button").with("type", "button").on(ev::click, add).text(texts.add);
    Some(element("div").class("card-add").child(select(texts.add_to, options, selected)).child(add))
}
