//! The dialog that confirms the deletion of a message.

use leptos::prelude::*;
use page_model::timeline::Change;
use shared_types::Seq;

use crate::ui::{
    message::dom::article,
    state::{Chat, intent::Intent, set},
};

/// Return value of the dialog if the visitor confirms.
const CONFIRMED: &str = "yes";

#[component]
pub(crate) fn DeleteDialog(chat: Chat) -> impl IntoView {
    let on_close = move |_| {
        let Some(dialog) = chat.message_dialogs.delete_dialog.get_untracked() else { return };
        if dialog.return_value() == CONFIRMED
            && let Some(seq) = chat.message_dialogs.message.get_untracked()
        {
            chat.dispatch.run(Intent::Change(seq, Change::Delete));
        }
    };
    view! {
        <dialog
            class="name-dialog"
            aria-labelledby="deletion-title"
            aria-describedby="deletion-hint"
            node_ref=chat.message_dialogs.delete_dialog
            on:close=on_close
        >
            <form method="dialog">
                <h2 id="deletion-title">{chat.translations.delete_title}</h2>
                <p id="deletion-hint" class="name-hint">{chat.translations.delete_hint}</p>
                <div class="name-buttons">
                    <button class="button" type="submit" value="">{chat.translations.cancel}</button>
                    <button class="button danger" type="submit" value=CONFIRMED>{chat.translations.delete}</button>
                </div>
            </form>
        </dialog>
    }
}

/// Opens the dialog about a message. The focus returns to the message, because the clicked button may be gone.
pub(crate) fn open(chat: Chat, seq: Seq) {
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
