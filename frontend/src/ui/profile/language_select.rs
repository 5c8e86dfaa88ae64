//! The select for the language of the page.

use leptos::prelude::*;
use shared_types::Language;

use crate::ui::state::{Chat, intent::Intent};

/// Draws the select. Every language has its own name for itself.
pub(crate) fn language_select(chat: Chat) -> impl IntoView {
    let on_change = move |event| {
        if let Some(language) = Language::of_tag(&event_target_value(&event)) {
            chat.dispatch.run(Intent::SetLanguage(language));
        }
    };
    let options = Language::ALL.map(|language| {
        let tag = language.tag();
        let is_current = language == chat.translations.language;
        view! { <option value=tag lang=tag selected=is_current>{language.name()}</option> }
    });
    // Without `autocomplete="off"`, a browser may restore the old selection after the reload.
    view! {
        <label class="name-label language">
            <span>{chat.translations.choose_language}</span>
            <select name="language" autocomplete="off" on:change=on_change>
                {options.into_iter().collect_view()}
            </select>
        </label>
    }
}
