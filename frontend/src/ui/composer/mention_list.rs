//! Suggests people while the visitor types a name after `@`. The focus stays in the field.

use leptos::{ev, prelude::*};
use page_model::mention_completion::mention_query;
use page_view::{State, View, element, reactive};
use shared_types::Person;
use web_sys::HtmlTextAreaElement;

use crate::ui::{
    parts::{avatar::avatar, text::upper_case},
    state::Chat,
};

/// Id of the list, to which the field refers while the list is shown.
pub(crate) const LIST_ID: &str = "mentions";

/// The suggestions, and which of them is selected.
#[derive(Clone, Copy)]
pub(crate) struct MentionList {
    chat: Chat,
    suggestions: State<Vec<Person>>,
    selected: State<usize>,
}

impl MentionList {
    pub(crate) fn new(chat: Chat) -> Self {
        Self { chat, suggestions: State::new(Vec::new()), selected: State::new(0) }
    }

    /// Suggests the people whose names match the text before the caret.
    pub(crate) fn update(self) {
        // A draft that was restored after a reload is not being typed.
        let field = self
            .chat
            .composer
            .field
            .get_untracked()
            .filter(|field| document().active_element().as_ref() == Some(field));
        let before = field.map(|field| split(&field).0).unwrap_or_default();
        let suggestions = mention_query(&before).map(|query| {
            let me = self.chat.room.you.get_untracked().id;
            let others: Vec<Person> = self.chat.known_people().into_iter().filter(|person| person.id != me).collect();
            query.matching(&others, upper_case)
        });
        let suggestions = suggestions.unwrap_or_default();
        self.selected.set(0);
        self.set_suggestions(suggestions);
    }

    pub(crate) fn hide(self) {
        self.set_suggestions(Vec::new());
    }

    /// Returns the id of the selected option while the list is shown.
    pub(crate) fn active(self) -> Option<String> {
        (!self.suggestions.with(Vec::is_empty)).then(|| option_id(self.selected.get()))
    }

    /// Handles a key. Returns whether the list used it.
    pub(crate) fn on_key(self, key: &str) -> bool {
        let count = self.suggestions.with_untracked(Vec::len);
        if count == 0 {
            return false;
        }
        match key {
            "ArrowDown" => self.selected.update(|selected| *selected = (*selected + 1) % count),
            "ArrowUp" => self.selected.update(|selected| *selected = (*selected + count - 1) % count),
            "Enter" | "Tab" => self.complete(self.selected.get_untracked()),
            "Escape" => self.hide(),
            _ => return false,
        }
        true
    }

    /// Completes the name in the field with the suggestion at `index`.
    fn complete(self, index: usize) {
        let name = self.suggestions.with_untracked(|suggestions| Some(suggestions.get(index)?.name.to_string()));
        self.hide();
        let (Some(name), Some(field)) = (name, self.chat.composer.field.get_untracked()) else { return };
        let (before, after) = split(&field);
        let Some(query) = mention_query(&before) else { return };
        let completed = query.completed(&before, &name);
        let caret = completed.encode_utf16().count() as u32;
        field.set_value(&[&completed, after.trim_start_matches(' ')].concat());
        _ = field.set_selection_range(caret, caret);
        self.chat.focus();
    }

    fn set_suggestions(self, suggestions: Vec<Person>) {
        crate::ui::state::set(self.suggestions, suggestions);
    }

    /// Draws the list.
    pub(crate) fn view(self) -> View {
        let option = move |(index, person): (usize, Person)| {
            element("li")
                .with("id", option_id(index))
                .class("mention-option")
                .with("role", "option")
                .reactive_attribute("aria-selected", move || {
                    Some(if self.selected.get() == index { "true" } else { "false" })
                })
                .on(ev::click, move |_| self.complete(index))
                .child(avatar(&person))
                .child(element("span").class("person-name").text(person.name.to_string()))
        };
        reactive(move || {
            let suggestions = self.suggestions.get();
            (!suggestions.is_empty()).then(|| {
                element("ul")
                    .with("id", LIST_ID)
                    .class("mention-list")
                    .with("role", "listbox")
                    .with("aria-label", self.chat.translations.mention)
                    // A click in the list leaves the focus in the field.
                    .on(ev::mousedown, |event| event.prevent_default())
                    .children(suggestions.into_iter().enumerate().map(option))
            })
        })
    }
}

fn option_id(index: usize) -> String {
    ["mention-", &index.to_string()].concat()
}

/// Returns the text before and after the caret.
fn split(field: &HtmlTextAreaElement) -> (String, String) {
    let text: Vec<u16> = field.value().encode_utf16().collect();
    let caret = field.selection_start().ok().flatten().map_or(text.len(), |caret| (caret as usize).min(text.len()));
    let [before, after] = [&text[..caret], &text[caret..]].map(String::from_utf16_lossy);
    (before, after)
}
