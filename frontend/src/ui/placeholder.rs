//! The dialog that is shown while a dialog is loaded.

use std::time::Duration;

use leptos::{ev, prelude::*};
use page_view::{Element, element, reactive};

use crate::ui::{
    parts::dialog::{self, titled_dialog},
    state::{
        Chat,
        intent::Intent,
        on_demand::{DialogRequest, Loading},
    },
};

/// How long a dialog may be loaded before the placeholder is shown: a shorter wait is not noticed.
const DELAY: Duration = Duration::from_millis(100);

/// Draws the placeholder.
pub(crate) fn placeholder(chat: Chat) -> Element {
    let translations = chat.translations;
    let retry = move |_| chat.dispatch.run(Intent::LoadDialogs);
    let content = move || {
        if chat.on_demand.loading.get() == Loading::Failed {
            let button = element("button").class("button primary").with("type", "button").on(ev::click, retry);
            return vec![
                element("p").class("name-hint").text(translations.part_not_loaded),
                element("div").class("name-buttons").child(button.text(translations.try_again)),
            ];
        }
        ["skeleton", "skeleton", "skeleton short"].map(|class| element("div").class(class)).into()
    };
    // A visitor who closes the placeholder does not want the dialog any more.
    let on_close = move |_| {
        if chat.on_demand.loading.get_untracked() != Loading::Done {
            chat.on_demand.request.set(None);
        }
    };
    let body = element("div").class("sheet-body order").with("role", "status").child(reactive(content));
    titled_dialog(chat, "loading", translations.loading_part, chat.on_demand.placeholder)
        .child(body)
        .on(ev::close, on_close)
}

/// Opens a dialog that is not loaded yet as soon as it is.
pub(crate) fn open_when_loaded(chat: Chat, request: DialogRequest) {
    chat.on_demand.request.set(Some(request));
    chat.dispatch.run(Intent::LoadDialogs);
    set_timeout(
        move || {
            if chat.on_demand.request.with_untracked(Option::is_some) {
                dialog::open(chat.on_demand.placeholder);
            }
        },
        DELAY,
    );
}
