//! Suggests people while the visitor types a name after `@`. The focus stays in the field. It is loaded on demand.

use leptos::{ev, prelude::*};
use page_model::mention_completion::mention_query;
use page_view::{View, element, reactive};
use shared_types::Person;
use web_sys::HtmlTextAreaElement;

use crate::ui::{
    composer::mentions::{LIST_ID, hide, option_id},
    parts::{avatar::avatar, text::upper_case},
    state::{Chat, set},
};

/// Draws the list. A name that was typed before the list was loaded has suggestions at once.
pub(crate) fn list(chat: Chat) -> View {
    update(chat);
    reactive(move || {
        let suggestions = chat.composer.suggestions.get();
        (!suggestions.is_empty()).then(|| {
            let options = suggestions.into_iter().enumerate().map(|(index, person)| option(chat, index, &person));
            element("ul")
                .with("id", LIST_ID)
                .class("mention-list")
                .with("role", "listbox")
                .with("aria-label", chat.translations.mention)
                // A click in the list leaves the focus in the field.
                .on(ev::mousedown, |event| event.prevent_default())
                .children(options)
        })
    })
}

fn option(chat: Chat, index: usize, person: &Person) -> page_view::Element {
    let is_selected = move || if chat.composer.selected_suggestion.get() == index { "true" } else { "false" };
    element("li")
        .with("id", option_id(index))
        .class("mention-option")
        .with("role", "option")
        .reactive_attribute("aria-selected", move || Some(is_selected()))
        .on(ev::click, move |_| complete(chat, index))
        .child(avatar(chat, person))
        .child(element("span").class("person-name").text(person.name.to_string()))
}

/// Suggests the people whose names match the text before the caret.
pub(crate) fn update(chat: Chat) {
    // A draft that was restored after a reload is not being typed.
    let field = chat.composer.field.get_untracked();
    let field = field.filter(|field| document().active_element().as_ref() == Some(field));
    let before = field.map(|field| split(&field).0).unwrap_or_default();
    let suggestions = mention_query(&before).map(|query| {
        let me = chat.room.you.get_untracked().id;
        let others: Vec<Person> = chat.known_people().into_iter().filter(|person| person.id != me).collect();
        query.matching(&others, upper_case)
    });
    chat.composer.selected_suggestion.set(0);
    set(chat.composer.suggestions, suggestions.unwrap_or_default());
}

/// Handles a key. Returns whether the list used it.
pub(crate) fn on_key(chat: Chat, key: &str) -> bool {
    let selected = chat.composer.selected_suggestion;
    let count = chat.composer.suggestions.with_untracked(Vec::len);
    if count == 0 {
        return false;
    }
    match key {
        "ArrowDown" => selected.update(|selected| *selected = (*selected + 1) % count),
        "ArrowUp" => selected.update(|selected| *selected = (*selected + count - 1) % count),
        "Enter" | "Tab" => complete(chat, selected.get_untracked()),
        "Escape" => hide(chat),
        _ => return false,
    }
    true
}

/// Completes the name in the field with the suggestion at `index`.
fn complete(chat: Chat, index: usize) {
    let name = |suggestions: &Vec<Person>| Some(suggestions.get(index)?.name.to_string());
    let name = chat.composer.suggestions.with_untracked(name);
    hide(chat);
    let (Some(name), Some(field)) = (name, chat.composer.field.get_untracked()) else { return };
    let (before, after) = split(&field);
    let Some(query) = mention_query(&before) else { return };
    let completed = query.completed(&before, &name);
    let caret = completed.encode_utf16().count() as u32;
    field.set_value(&[&completed, after.trim_start_matches(' ')].concat());
    _ = field.set_selection_range(caret, caret);
    chat.focus();
}

/// Returns the text before and after the caret.
fn split(field: &HtmlTextAreaElement) -> (String, String) {
    let text: Vec<u16> = field.value().encode_utf16().collect();
    let caret = field.selection_start().ok().flatten().map_or(text.len(), |caret| (caret as usize).min(text.len()));
    let [before, after] = [&text[..caret], &text[caret..]].map(String::from_utf16_lossy);
    (before, after)
}
