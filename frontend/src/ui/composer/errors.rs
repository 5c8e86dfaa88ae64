//! What went wrong, above the field of the composer.

use leptos::ev;
use page_view::{Element, View, element, reactive};

use crate::ui::state::{Chat, intent::Intent};

/// Draws the errors, with a button that removes them.
pub(crate) fn errors(chat: Chat) -> View {
    reactive(move || {
        let errors = chat.composer.errors.get();
        (!errors.is_empty()).then(|| {
            let dismiss = notice_button(chat, chat.translations.dismiss, || Intent::DismissErrors);
            notice(errors).child(dismiss)
        })
    })
}

/// Draws an error.
pub(crate) fn notice(error: String) -> Element {
    element("div").class("tray-troubles").with("role", "alert").child(element("p").text(error))
}

/// Draws a button of an error. Then the focus goes to the field, because the button goes away.
pub(crate) fn notice_button(chat: Chat, label: &'static str, intent: fn() -> Intent) -> Element {
    let act = move |_| {
        chat.dispatch.run(intent());
        chat.focus();
    };
    element("button").class("quiet").with("type", "button").on(ev::click, act).text(label)
}
