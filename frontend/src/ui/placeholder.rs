//! What is shown while something is loaded on demand.

use std::time::Duration;

use leptos::{ev, prelude::*};
use page_view::{Element, View, element, reactive, reactive_text};

use crate::ui::{
    composer::errors::{notice, notice_button},
    parts::dialog::{self, dialog_with_title},
    state::{
        Chat,
        intent::Intent,
        on_demand::{DialogRequest, Loading, Slot},
        set,
    },
};

/// How long something may be loaded before the visitor is told: a shorter wait is not noticed.
const DELAY: Duration = Duration::from_millis(100);

/// Draws the dialog that is shown while a dialog is loaded.
pub(crate) fn placeholder(chat: Chat) -> Element {
    let translations = chat.translations;
    let retry = move |_| {
        // The button that has the focus goes away.
        if let Some(dialog) = chat.on_demand.placeholder.get_untracked() {
            _ = dialog.focus();
        }
        chat.dispatch.run(Intent::LoadOnDemand);
    };
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
    let title = move || match chat.on_demand.loading.get() {
        Loading::Failed => translations.not_loaded,
        _ => translations.loading_part,
    };
    dialog_with_title(chat, "loading", reactive_text(title), chat.on_demand.placeholder)
        .child(body)
        .on(ev::close, on_close)
}

/// Opens a dialog that is not loaded yet as soon as it is.
pub(crate) fn open_when_loaded(chat: Chat, request: DialogRequest) {
    chat.on_demand.request.set(Some(request));
    chat.dispatch.run(Intent::LoadOnDemand);
    set_timeout(
        move || {
            if chat.on_demand.request.with_untracked(Option::is_some) {
                dialog::open(chat.on_demand.placeholder);
            }
        },
        DELAY,
    );
}

/// Starts to load what may be needed soon. After a failure, this is left to the visitor and to a timer.
pub(crate) fn load_early(chat: Chat) {
    if chat.on_demand.loading.get_untracked() == Loading::Waiting {
        chat.dispatch.run(Intent::LoadOnDemand);
    }
}

/// Draws what is loaded on demand, once it is loaded.
pub(crate) fn slot(chat: Chat, slot: Slot) -> View {
    reactive(move || {
        let functions = chat.on_demand.functions.get();
        functions.map(|functions| untrack(|| (functions.draw)(chat, slot))).unwrap_or_default()
    })
}

/// Draws a notice while commands of the visitor wait for what is loaded on demand. If it cannot be loaded, they can be discarded.
pub(crate) fn waiting_notice(chat: Chat) -> View {
    let translations = chat.translations;
    reactive(move || {
        let is_shown = chat.on_demand.has_waiting.get() && chat.on_demand.is_late.get();
        is_shown.then(|| match chat.on_demand.loading.get() {
            Loading::Failed => notice(translations.part_not_loaded.into())
                .child(notice_button(chat, translations.try_again, || Intent::LoadOnDemand))
                .child(notice_button(chat, translations.discard, || Intent::DiscardWaiting)),
            _ => element("p").class("tray-note").with("role", "status").text(translations.loading_part),
        })
    })
}

/// Shows the notice, unless what waits is loaded soon.
pub(crate) fn show_notice_when_late(chat: Chat) {
    set(chat.on_demand.has_waiting, true);
    set_timeout(move || set(chat.on_demand.is_late, chat.on_demand.has_waiting.get_untracked()), DELAY);
}
