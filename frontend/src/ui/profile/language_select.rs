//! Where the visitor chooses the language of the page.

use leptos::prelude::*;
use shared_types::Language;

use crate::ui::state::{Chat, intent::Intent};

/// Every language is called what it calls itself.
pub(crate) fn language_select(chat: Chat) -> impl IntoView {
    let chosen = move |event| {
        if let Some(language) = Language::of_tag(&event_target_value(&event)) {
            chat.dispatch.run(Intent::SetLanguage(language));
        }
    };
    let options = Language::ALL.map(|language| {
        let tag = language.tag();
        let present = language == chat.translations.language;
        view! { <option value=tag lang=tag selected=present>{language.name()}</option> }
    });
    // With `autocomplete` a browser might bring back, over a reload, what was chosen before it.
    view! {
        <label class="name-label language">
            <span>{chat.translations.choose_language}</span>
            <select name="language" autocomplete="off" on:change=chosen>
                {options.into_iter().collect_view()}
            </select>
        </label>
    }
}
