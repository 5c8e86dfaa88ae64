//! The select for the language of the page.

use leptos::{ev, prelude::*};
use page_view::{Element, element};
use shared_types::Language;

use crate::ui::state::{Chat, intent::DialogIntent};

/// Draws the select. Every language has its own name for itself.
pub(crate) fn language_select(chat: Chat) -> Element {
    let on_change = move |event| {
        if let Some(language) = Language::of_tag(&event_target_value(&event)) {
            chat.run_in_dialog(DialogIntent::SetLanguage(language));
        }
    };
    let options = Language::ALL.map(|language| {
        let is_current = language == chat.translations.language;
        element("option")
            .with("value", language.tag())
            .with("lang", language.tag())
            .optional_attribute("selected", is_current.then_some(""))
            .text(language.name())
    });
    let list = element("select")
        .with("name", "language")
        // Otherwise a browser may restore the old selection after the reload.
        .with("autocomplete", "off")
        .on(ev::change, on_change)
        .children(options);
    element("label")
        .class("name-label language")
        .child(element("span").text(chat.translations.dialogs().choose_language))
        .child(list)
}
