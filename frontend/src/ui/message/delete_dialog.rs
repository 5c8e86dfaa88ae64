//! The dialog that confirms the deletion of a message.

use leptos::ev;
use page_model::timeline::Change;
use page_view::{Element, element};
use shared_types::Seq;

use crate::ui::{
    message::dom::article,
    state::{Chat, intent::Intent, on_demand::DialogRequest, set},
};

/// Return value of the dialog if the visitor confirms.
const CONFIRMED: &str = "yes";

/// Draws the dialog.
pub(crate) fn delete_dialog(chat: Chat) -> Element {
    let on_close = move |_| {
        let Some(dialog) = chat.message_dialogs.delete_dialog.get_untracked() else { return };
        if dialog.return_value() == CONFIRMED
            && let Some(seq) = chat.message_dialogs.message.get_untracked()
        {
            chat.dispatch.run(Intent::Change(seq, Change::Delete));
        }
    };
    let button =
        |class, value, label| element("button").class(class).with("type", "submit").with("value", value).text(label);
    let buttons = element("div")
        .class("name-buttons")
        .child(button("button", "", chat.translations.cancel))
        .child(button("button danger", CONFIRMED, chat.translations.dialogs().delete));
    let form = element("form")
        .with("method", "dialog")
        .child(element("h2").with("id", "deletion-title").text(chat.translations.dialogs().delete_title))
        .child(
            element("p").with("id", "deletion-hint").class("name-hint").text(chat.translations.dialogs().delete_hint),
        )
        .child(buttons);
    element("dialog")
        .class("name-dialog")
        .with("aria-labelledby", "deletion-title")
        .with("aria-describedby", "deletion-hint")
        .node_ref(chat.message_dialogs.delete_dialog)
        .on(ev::close, on_close)
        .child(form)
}

/// Opens the dialog, as soon as it is loaded.
pub(crate) fn open(chat: Chat, seq: Seq) {
    chat.open_dialog(DialogRequest::Delete(seq));
}

/// Opens the loaded dialog about a message. The focus returns to the message, because the clicked button may be gone.
pub(crate) fn show(chat: Chat, seq: Seq) {
    set(chat.message_dialogs.message, Some(seq));
    if let Some(message) = article(chat, seq) {
        _ = message.focus();
    }
    if let Some(dialog) = chat.message_dialogs.delete_dialog.get_untracked() {
        // Escape does not set the return value.
        dialog.set_return_value("");
        _ = dialog.show_modal();
    }
}
