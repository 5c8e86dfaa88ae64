//! What went wrong, above the field of the composer.

use leptos::{ev, prelude::*};
use page_view::{Element, View, element, reactive};

use crate::ui::state::{Chat, intent::Intent};

/// Draws the errors, with a button that removes them.
pub(crate) fn errors(chat: Chat) -> View {
    let dismiss = move || {
        chat.dispatch.run(Intent::DismissErrors);
        chat.focus();
    };
    reactive(move || {
        let errors = chat.composer.errors.get();
        (!errors.is_empty()).then(|| notice(errors, chat.translations.dismiss, dismiss))
    })
}

/// Draws an error with a button.
pub(crate) fn notice(error: String, label: &'static str, act: impl Fn() + 'static) -> Element {
    let button = element("button").class("quiet").with("type", "button").on(ev::click, move |_| act());
    element("div")
        .class("tray-troubles")
        .with("role", "alert")
        .child(element("p").text(error))
        .child(button.text(label))
}
