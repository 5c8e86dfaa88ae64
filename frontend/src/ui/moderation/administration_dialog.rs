//! The administration dialog: owners see how people enter the chat, and give roles.

use std::cell::Cell;

use leptos::{ev, prelude::*};
use page_view::{Element, NodeRef, State, effect, element, keyed, reactive, reactive_text};
use shared_types::{Person, PersonId, Role};
use web_sys::{HtmlDialogElement, HtmlSelectElement, wasm_bindgen::JsCast as _};

use crate::{
    i18n::administration::{ROLES, place},
    ui::{
        invite_dialog,
        moderation::{audit_dialog, identity_dialog::IdentityDialog, restriction_dialog, usage_dialog},
        parts::{
            autofill::NoAutofill as _,
            avatar::avatar,
            dialog::{self, titled_dialog},
            form_controls::choice,
            text::upper_case,
        },
        rooms::directory_dialog,
        state::{Chat, intent::DialogIntent, moderation::RolesView, set},
    },
};

/// What the dialog shows of restrictions. It is loaded on demand, and so is its state.
#[derive(Clone, Copy)]
pub(crate) struct RestrictedPeople {
    /// The people who are muted or banned, as far as the loaded part of the audit log says it, each with a sentence.
    list: State<Vec<(PersonId, String)>>,
    /// 1 to show nobody else.
    only: State<u32>,
}

thread_local! {
    /// The state of the dialog of this page.
    static RESTRICTED: Cell<Option<RestrictedPeople>> = const { Cell::new(None) };
}

impl RestrictedPeople {
    fn of(self, person: &PersonId) -> Option<String> {
        self.list.with(|list| list.iter().find(|(id, _)| id == person).map(|(_, sentence)| sentence.clone()))
    }
}

/// Shows who is muted or banned, each with a sentence.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser requests it"))]
pub(crate) fn show_restricted(list: Vec<(PersonId, String)>) {
    if let Some(restricted) = RESTRICTED.get() {
        set(restricted.list, list);
    }
}

/// Draws the dialog.
pub(crate) fn administration(chat: Chat, identity: IdentityDialog, usage: NodeRef<HtmlDialogElement>) -> Element {
    let (texts, state) = (chat.translations.administration(), chat.moderation.administration);
    let restricted = RestrictedPeople { list: State::new(Vec::new()), only: State::new(0) };
    RESTRICTED.set(Some(restricted));
    let field = element("input")
        .class("sheet-field")
        .with("role", "searchbox")
        .with("aria-label", texts.filter)
        .with("placeholder", texts.filter)
        .with("dir", "auto")
        .no_autofill()
        .on(ev::input, move |event| state.filter.set(upper_case(event_target_value(&event).trim())));
    // The role of each row follows by itself, so a row stays that of its person when the list changes.
    let rows = keyed(
        move || state.people.get(),
        move |person| {
            let seen = state.roles.with_untracked(|roles| roles.seen(&person.id)).unwrap_or_default();
            [person.id.as_str(), "/", person.name.as_str(), "/", &seen].concat()
        },
        move |person| row(chat, restricted, person.clone()),
    );
    let status = move || match state.roles.with(|roles| matches!(roles, RolesView::Known(_))) {
        _ if !state.error.get().is_empty() => state.error.get(),
        true if state.people.with(|people| people.iter().all(|person| !is_shown(chat, restricted, person))) => {
            texts.no_match
        }
        true => texts.people_hint,
        false if state.roles.get() == RolesView::Failed => texts.failed,
        false => texts.loading,
    };
    let class = move || Some(if state.error.get().is_empty() { "sheet-hint" } else { "sheet-hint wrong" });
    let status = element("p")
        .reactive_attribute("class", class)
        .with("role", "status")
        .child(reactive_text(move || status().to_owned()));
    let way = |label: &'static str| element("button").class("quiet").with("type", "button").text(label);
    let audit = way(chat.translations.dialogs().audit).on(ev::click, move |_| {
        dialog::close(state.dialog);
        audit_dialog::open(chat);
    });
    let rooms = way(chat.translations.directory().title).on(ev::click, move |_| {
        dialog::close(state.dialog);
        directory_dialog::open(chat);
    });
    let identity = way(texts.identity)
        .reactive_attribute("disabled", move || state.roles.with(|roles| roles.chat().is_none()).then_some(""))
        .on(ev::click, move |_| identity.open(chat));
    let usage = way(texts.usage)
        .reactive_attribute("disabled", move || state.roles.with(|roles| roles.chat().is_none()).then_some(""))
        .on(ev::click, move |_| usage_dialog::open(chat, usage));
    let invitations = reactive(move || {
        invite_dialog::has_invitations(chat).then(|| {
            way(chat.translations.dialogs().invitations).on(ev::click, move |_| {
                dialog::close(state.dialog);
                invite_dialog::show(chat);
            })
        })
    });
    let body =
        element("div").class("sheet-body").child(element("ul").class("people-list").with("role", "list").child(rows));
    titled_dialog(chat, "administration", texts.title, state.dialog)
        .on(ev::close, move |_| chat.run_in_dialog(DialogIntent::LeaveAdministration))
        .child(element("p").class("sheet-hint").text(texts.access(chat.access)))
        .child(element("div").class("sheet-form").child(field))
        .child(element("div").class("sheet-form").child(choice("checkbox", texts.only_restricted, 1, restricted.only)))
        .child(status)
        .child(body)
        .child(
            element("div")
                .class("sheet-ways")
                .child(rooms)
                .child(invitations)
                .child(identity)
                .child(usage)
                .child(audit),
        )
}

/// Opens the dialog and loads the roles.
pub(crate) fn open(chat: Chat) {
    let state = chat.moderation.administration;
    set(state.error, "");
    set(state.filter, String::new());
    if let Some(restricted) = RESTRICTED.get() {
        set(restricted.only, 0);
    }
    chat.run_in_dialog(DialogIntent::LoadRoles);
    // It says who is muted or banned.
    chat.run_in_dialog(DialogIntent::Audit);
    dialog::open(state.dialog);
    if let Some(field) = state.dialog.get_untracked().and_then(|dialog| dialog.query_selector("input").ok().flatten()) {
        field.unchecked_into::<web_sys::HtmlInputElement>().set_value("");
    }
}

/// Draws a person with a choice of roles.
fn row(chat: Chat, restricted: RestrictedPeople, person: Person) -> Element {
    let (texts, state) = (chat.translations.administration(), chat.moderation.administration);
    let part = |class: &'static str, text: &str| element("span").class(class).text(text.to_owned());
    let is_configured = state.roles.with_untracked(|roles| roles.of(&person.id).is_some_and(|entry| entry.configured));
    let is_you = chat.room.you.with_untracked(|you| you.id == person.id);
    let id = person.id.clone();
    let sentence = move || restricted.of(&id).map(|sentence| element("span").class("person-seen").text(sentence));
    let identity = element("span")
        .class("person-who")
        .child(part("person-name", person.name.as_str()))
        .child(chat.tag(&person).map(|tag| part("tag", &tag)))
        .child(is_configured.then(|| part("badge", texts.configured)))
        .child(is_you.then(|| part("person-you", chat.translations.dialogs().yourself)))
        .child(state.roles.with_untracked(|roles| roles.seen(&person.id)).map(|seen| part("person-seen", &seen)))
        .child(reactive(sentence));
    let restrict = restriction_dialog::button(chat, person.clone(), state.dialog);
    let shown = person.clone();
    element("li")
        .class("person")
        .reactive_attribute("hidden", move || (!is_shown(chat, restricted, &shown)).then_some(""))
        .child(avatar(chat, &chat.as_known(&person)))
        .child(identity)
        .child(role_select(chat, &person))
        .child(restrict)
}

fn role_select(chat: Chat, person: &Person) -> Element {
    let (texts, roles) = (chat.translations.administration(), chat.moderation.administration.roles);
    let (shown, changed) = (person.id.clone(), person.id.clone());
    let option = |role: Role| element("option").with("value", place(role).to_string()).text(texts.role(role));
    element("select")
        .class("role")
        .with("autocomplete", "off")
        .with("aria-label", texts.role_of.with(person.name.as_str()))
        .reactive_attribute("disabled", move || (!chat.can_moderate_now()).then_some(""))
        .children(ROLES.into_iter().map(option))
        .on_mount(move |drawn| {
            let drawn: HtmlSelectElement = drawn.clone().unchecked_into();
            effect(move || drawn.set_value(&place(role_of(&roles.get(), &shown)).to_string()));
        })
        .on(ev::change, move |event| {
            let chosen = event_target_value(&event).parse().ok().and_then(|place: usize| ROLES.get(place).copied());
            if let Some(role) = chosen {
                chat.run_in_dialog(DialogIntent::SetRole(changed.clone(), role));
            }
        })
}

fn role_of(roles: &RolesView, person: &PersonId) -> Role {
    roles.of(person).map(|entry| entry.role).unwrap_or_default()
}

/// Whether a person matches what the owner searches for: a part of the name, or the id. The owner may want only those who are restricted.
fn is_shown(chat: Chat, restricted: RestrictedPeople, person: &Person) -> bool {
    let matches = |filter: &String| {
        let is_name = || upper_case(person.name.as_str()).contains(filter.as_str());
        filter.is_empty() || is_name() || upper_case(person.id.as_str()) == *filter
    };
    let is_wanted = restricted.only.get() == 0 || restricted.of(&person.id).is_some();
    chat.moderation.administration.filter.with(matches) && is_wanted
}
