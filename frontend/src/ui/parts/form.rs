//! Forms of dialogs in which owners and moderators change texts: labelled fields, one hint, and a button that saves.

use leptos::{ev, prelude::*};
use page_view::{Element, element, reactive_text};

use crate::ui::{
    parts::{autofill::NoAutofill as _, char_limit::char_limit},
    state::Chat,
};

/// Draws a form. The button is off while the visitor cannot change anything.
pub(crate) fn form(
    chat: Chat,
    fields: impl IntoIterator<Item = Element>,
    hint: Element,
    on_submit: impl Fn() + 'static,
) -> Element {
    let save = element("button")
        .class("button primary")
        .reactive_attribute("aria-disabled", move || (!chat.can_moderate_now()).then_some("true"))
        .with("type", "submit")
        .text(chat.translations.save);
    element("form")
        .class("about-form")
        .with("novalidate", "")
        .on(ev::submit, move |event| {
            event.prevent_default();
            if untrack(|| chat.can_moderate_now()) {
                on_submit();
            }
        })
        .children(fields)
        .child(hint)
        .child(element("div").class("name-buttons").child(save))
}

/// Returns a text field: an `input` or a `textarea` for `limit` characters. `hint` is the id of the hint of
/// the form.
pub(crate) fn text_field(
    tag: &'static str,
    limit: usize,
    hint: &'static str,
    on_input: impl Fn() + 'static,
) -> Element {
    char_limit(element(tag).with("dir", "auto"), limit, "")
        .no_autofill()
        .with("aria-describedby", hint)
        .on(ev::input, move |_| on_input())
}

/// Draws a field with its label.
pub(crate) fn labelled(label: &'static str, field: Element) -> Element {
    element("label").class("name-label").child(element("span").text(label)).child(field)
}

/// Draws the hint of a form. A problem with the fields takes its place.
pub(crate) fn hint(
    id: &'static str,
    problem: impl Fn() -> Option<String> + Clone + 'static,
    hint: impl Fn() -> String + 'static,
) -> Element {
    let has_problem = problem.clone();
    element("p")
        .with("id", id)
        .reactive_attribute("class", move || {
            Some(if has_problem().is_some() { "name-hint wrong" } else { "name-hint" })
        })
        .with("aria-live", "polite")
        .child(reactive_text(move || problem().unwrap_or_else(&hint)))
}
