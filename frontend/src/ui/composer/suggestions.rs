//! The field of the composer and the list of suggestions that it refers to. The list itself is loaded on demand.

use crate::ui::{
    placeholder::load_early,
    state::{Chat, set},
};

/// Id of the list, to which the field refers while the list is shown.
pub(crate) const LIST_ID: &str = "mentions";

/// Suggests the people, emoji or commands whose names match the text before the caret. Loads the list for the first name.
pub(crate) fn suggest(chat: Chat) {
    if let Some(functions) = chat.on_demand.functions.get_untracked() {
        return (functions.suggest)(chat);
    }
    if chat.composer.field.get_untracked().is_some_and(|field| field.value().contains(['@', ':', '/'])) {
        load_early(chat);
    }
}

/// Removes the suggestions.
pub(crate) fn hide(chat: Chat) {
    set(chat.composer.suggestions, Vec::new());
}

/// Returns the id of the selected option while the list is shown.
pub(crate) fn active(chat: Chat) -> Option<String> {
    let is_shown = chat.composer.suggestions.with(|suggestions| !suggestions.is_empty());
    is_shown.then(|| option_id(chat.composer.selected_suggestion.get()))
}

/// Returns the id of an option.
pub(crate) fn option_id(index: usize) -> String {
    ["mention-", &index.to_string()].concat()
}
