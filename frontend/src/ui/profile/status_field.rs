//! The field for the status of the visitor.

use leptos::{ev, prelude::*};
use page_view::{Element, element, reactive_text};
use shared_types::limits;

use crate::ui::{
    parts::autofill::NoAutofill as _,
    profile::state::ProfileDialog,
    state::{Chat, set},
};

/// Draws the field, and how many characters are left or what is wrong.
pub(super) fn status_field(chat: Chat, state: ProfileDialog) -> [Element; 2] {
    let texts = chat.translations.profile();
    let on_input = move |event| {
        set(state.status_error, None);
        set(state.status_chars, event_target_value(&event).chars().count());
    };
    let field = element("input")
        .with("name", "status")
        .with("dir", "auto")
        // A longer text is not cut: the hint counts, and an error says what to do.
        .with("maxlength", (limits::STATUS_CHARS * 2).to_string())
        .with("placeholder", texts.status_example)
        .no_autofill()
        .flag("readonly", move || !state.is_loaded())
        .reactive_attribute("aria-invalid", move || state.status_error.get().map(|_| "true"))
        .with("aria-describedby", "status-hint")
        .node_ref(state.status)
        .on(ev::input, on_input);
    let hint = move || match (state.status_error.get(), state.status_chars.get()) {
        (Some(why), _) => texts.bad_status(why),
        (None, chars) => texts.chars_left(chars),
    };
    let hint = element("p")
        .with("id", "status-hint")
        .reactive_attribute("class", move || {
            Some(if state.status_error.get().is_some() { "name-hint wrong" } else { "name-hint" })
        })
        .with("aria-live", "polite")
        .child(reactive_text::<String>(hint));
    let label = element("span").text(texts.status);
    [element("label").class("name-label").child(label).child(field), hint]
}
