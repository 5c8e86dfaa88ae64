//! The dialog about the visitor's id and data: export, erasure and sign-out.

use leptos::{ev, prelude::*};
use page_model::{
    connection::{EndReason, Status},
    erasure::Erasure,
};
use page_view::{Element, NodeRef, State, element, reactive, reactive_text};
use shared_types::AccessMode;
use web_sys::HtmlButtonElement;

use crate::ui::{
    parts::dialog::{self, has_modifier, titled_dialog},
    state::{Chat, intent::DialogIntent, privacy::ExportStatus, set},
};

/// Draws the dialog.
pub(crate) fn privacy(chat: Chat) -> Element {
    let confirmations = [Confirmation::new(), Confirmation::new()];
    let body = element("div")
        .class("sheet-body order")
        .child(id(chat))
        .child(export(chat))
        .child(erase_my_data(chat, confirmations[0]))
        .child(sign_out(chat, confirmations[1]));
    let on_close = move |_| {
        // The event arrives after the dialog closed, and the dialog may be open again.
        if chat.privacy.dialog.get_untracked().is_none_or(|dialog| dialog.open()) {
            return;
        }
        set(chat.privacy.id_copied, None);
        for confirmation in confirmations {
            set(confirmation.is_open, false);
        }
    };
    titled_dialog(chat, "privacy", chat.translations.dialogs().privacy, chat.privacy.dialog)
        .child(body)
        .on(ev::close, on_close)
}

/// Opens the dialog.
pub(crate) fn open(chat: Chat) {
    dialog::open(chat.privacy.dialog);
}

fn button(class: &'static str, kind: &'static str, label: &'static str) -> Element {
    element("button").class(class).with("type", kind).text(label)
}

/// Draws the hint of a section, above its buttons.
fn hint_line(sentence: impl Fn() -> String + 'static) -> Element {
    element("p").class("name-hint").with("aria-live", "polite").child(reactive_text(sentence))
}

/// A confirmation before an irreversible action. A button opens it and is replaced by two buttons: confirm and cancel.
/// The focus moves to cancel, and returns to the button afterwards.
#[derive(Clone, Copy)]
struct Confirmation {
    is_open: State<bool>,
    button: NodeRef<HtmlButtonElement>,
    cancel: NodeRef<HtmlButtonElement>,
}

impl Confirmation {
    fn new() -> Self {
        Self { is_open: State::new(false), button: NodeRef::new(), cancel: NodeRef::new() }
    }

    fn open(self) {
        set(self.is_open, true);
        focus(self.cancel);
    }

    fn close(self) {
        set(self.is_open, false);
        focus(self.button);
    }

    /// Draws the button that opens the confirmation, or that replaces it afterwards.
    fn button(self, button: Element) -> Element {
        button.node_ref(self.button)
    }

    fn answer_buttons(self, chat: Chat, yes: Element) -> Element {
        let no = button("button", "button", chat.translations.cancel)
            .node_ref(self.cancel)
            .on(ev::click, move |_| self.close());
        element("div").class("name-buttons").child(no).child(yes)
    }
}

/// Focuses a button once it is drawn.
fn focus(button: NodeRef<HtmlButtonElement>) {
    request_animation_frame(move || {
        if let Some(button) = button.get_untracked() {
            _ = button.focus();
        }
    });
}

fn id(chat: Chat) -> Element {
    let texts = chat.translations.dialogs();
    let label = move || if chat.privacy.id_copied.get() == Some(true) { texts.id_copied } else { texts.copy_id };
    let hint = move || {
        if chat.privacy.id_copied.get() == Some(false) { texts.id_selected } else { texts.id_hint }
    };
    let id = element("code").child(reactive_text(move || chat.room.you.with(|you| you.id.to_string())));
    let copy = element("button")
        .class("button")
        .with("type", "button")
        .on(ev::click, move |_| chat.run_in_dialog(DialogIntent::CopyId));
    element("section")
        .class("part")
        .child(element("h3").text(texts.your_id))
        .child(element("p").class("id").child(id))
        .child(hint_line(move || hint().into()))
        .child(copy.child(reactive_text(label)))
}

/// Draws the export. Without scripts, the link downloads the first part.
fn export(chat: Chat) -> Element {
    let (translations, texts) = (chat.translations, chat.translations.dialogs());
    let hint = move || match chat.privacy.export.get() {
        ExportStatus::No => texts.export_hint.into(),
        ExportStatus::Running => texts.exporting.into(),
        ExportStatus::Waiting(seconds) => texts.export_waits.with(&translations.span(seconds)),
        ExportStatus::Failed => texts.export_failed.into(),
    };
    let link = element("a").class("button").with("href", "/me/data").with("download", "").text(texts.export);
    let link = link.on(ev::click, move |event| {
        if !has_modifier(&event) {
            event.prevent_default();
            chat.run_in_dialog(DialogIntent::Export);
        }
    });
    element("section").class("part").child(hint_line(hint)).child(link)
}

fn erase_my_data(chat: Chat, confirmation: Confirmation) -> Element {
    let (translations, texts) = (chat.translations, chat.translations.dialogs());
    let has_ended = move || matches!(chat.room.status.get(), Status::Ended(_));
    let buttons = move || match chat.privacy.erasure.get() {
        Erasure::Done { .. } => Vec::new(),
        Erasure::Running { .. } => {
            let stop = move |_| {
                chat.run_in_dialog(DialogIntent::StopErasing);
                confirmation.close();
            };
            vec![confirmation.button(button("button", "button", texts.stop).on(ev::click, stop))]
        }
        _ if confirmation.is_open.get() && !has_ended() => {
            let yes = move |_| {
                chat.run_in_dialog(DialogIntent::EraseMyData);
                confirmation.close();
            };
            vec![
                confirmation
                    .answer_buttons(chat, button("button danger", "button", texts.erase_yes).on(ev::click, yes)),
            ]
        }
        _ => {
            let open = button("button", "button", texts.erase_my_data).on(ev::click, move |_| confirmation.open());
            vec![confirmation.button(open.reactive_attribute("disabled", move || has_ended().then_some("")))]
        }
    };
    let hint = move || match (chat.privacy.erasure.get(), chat.room.status.get()) {
        (Erasure::Done { .. }, _) => translations.data_erased.into(),
        // A banned visitor cannot delete their data; a moderator can do it for them.
        (_, Status::Ended(EndReason::Banned(_))) => {
            chat.composer.status.with(|status| texts.erase_banned.with(&status.sentence))
        }
        (_, Status::Ended(EndReason::SignedOut)) => chat.composer.status.with(|status| status.sentence.clone()),
        (Erasure::Running { .. }, Status::Offline(_) | Status::Blocked(_) | Status::Connecting) => {
            texts.erasing_offline.into()
        }
        (Erasure::Running { erased: 0, .. }, _) => texts.erasing_started.into(),
        (Erasure::Running { erased, .. }, _) => texts.erasing.of(erased as usize),
        _ if confirmation.is_open.get() => {
            // A provider signs the visitor in as the same person again.
            let new_person = if chat.access == AccessMode::Oidc { "" } else { texts.erase_new_person };
            [texts.erase_confirm, new_person].concat()
        }
        (Erasure::LastOwner, _) => translations.administration().last_owner.into(),
        (Erasure::Failed { .. }, _) => texts.erase_failed.into(),
        (Erasure::Idle, _) => texts.erase_hint.into(),
    };
    element("section").class("part").child(hint_line(hint)).child(reactive(buttons))
}

/// Draws the sign-out form, which also works without scripts. In an open chat it is hidden and used only after an
/// erasure. In a chat with a passphrase it asks for confirmation, because the visitor gets a new id at the next
/// sign-in.
fn sign_out(chat: Chat, confirmation: Confirmation) -> Element {
    let texts = chat.translations.dialogs();
    let needs_confirmation = chat.access == AccessMode::Passphrase;
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if needs_confirmation && !confirmation.is_open.get_untracked() {
            confirmation.open();
        } else {
            chat.run_in_dialog(DialogIntent::SignOut);
        }
    };
    let buttons = move || {
        vec![if confirmation.is_open.get() {
            confirmation.answer_buttons(chat, button("button danger", "submit", texts.sign_out))
        } else {
            confirmation.button(button("button", "submit", texts.sign_out))
        }]
    };
    let hint = move || match (confirmation.is_open.get(), chat.moderation.is_owner.get()) {
        (false, _) => texts.sign_out_hint.into(),
        (true, false) => texts.sign_out_sure.into(),
        (true, true) => [texts.sign_out_sure, texts.sign_out_owner].concat(),
    };
    element("form")
        .class("part sign-out")
        .optional_attribute("hidden", chat.access.is_open().then_some(""))
        .with("method", "post")
        .with("action", "/sign-out")
        .on(ev::submit, on_submit)
        .child(hint_line(hint))
        .child(reactive(buttons))
}
