//! The visitor and their data: who they are here, what they wrote, and the ways to take it along, to delete it, and to leave.

use leptos::{html, prelude::*, tachys::html::node_ref::NodeRefContainer};
use page_model::{
    connection::{EndReason, Status},
    erasure::Erasure,
};
use shared_types::AccessMode;

use crate::ui::{
    parts::{
        dialog::{self, is_special, titled_dialog},
        element::{Element, element, reactive, reactive_text},
    },
    state::{Chat, intent::Intent, privacy::ExportStatus, set},
};

/// The dialog.
pub(crate) fn privacy(chat: Chat) -> AnyView {
    let questions = [Question::new(), Question::new()];
    let body = element("div")
        .class("sheet-body order")
        .child(id(chat))
        .child(export(chat))
        .child(forget_me(chat, questions[0]))
        .child(sign_out(chat, questions[1]));
    let closed = move |_| {
        // It is heard of a little later, and by then it may be open again.
        if chat.privacy.dialog.get_untracked().is_none_or(|dialog| dialog.open()) {
            return;
        }
        set(chat.privacy.id_copied, None);
        for question in questions {
            set(question.asked, false);
        }
    };
    titled_dialog(chat, "privacy", chat.translations.privacy, chat.privacy.dialog)
        .child(body.into_any())
        .on("close", closed)
        .into_any()
}

/// Opens the dialog.
pub(crate) fn open(chat: Chat) {
    dialog::open(chat.privacy.dialog);
}

fn button(class: &'static str, kind: &'static str, label: &'static str) -> Element {
    element("button").class(class).with("type", kind).text(label)
}

/// What is told about a part, above its buttons.
fn told(sentence: impl FnMut() -> String + Send + 'static) -> AnyView {
    element("p").class("name-hint").with("aria-live", "polite").child(reactive_text(sentence)).into_any()
}

/// A question before what cannot be taken back. A button asks it, and the answers take its place; the focus is on the one that
/// changes nothing, and comes back to the button.
#[derive(Clone, Copy)]
struct Question {
    asked: RwSignal<bool>,
    button: NodeRef<html::Button>,
    cancel: NodeRef<html::Button>,
}

impl Question {
    fn new() -> Self {
        Self { asked: RwSignal::new(false), button: NodeRef::new(), cancel: NodeRef::new() }
    }

    fn ask(self) {
        set(self.asked, true);
        focus(self.cancel);
    }

    fn end(self) {
        set(self.asked, false);
        focus(self.button);
    }

    /// The button that asks, or whichever is there when it was answered.
    fn button(self, button: Element) -> AnyView {
        button.on_mount(move |drawn| self.button.load(drawn)).into_any()
    }

    fn answers(self, chat: Chat, yes: Element) -> AnyView {
        let no = button("button", "button", chat.translations.cancel)
            .on_mount(move |drawn| self.cancel.load(drawn))
            .on("click", move |_| self.end());
        element("div").class("name-buttons").child(no.into_any()).child(yes.into_any()).into_any()
    }
}

/// Focuses a button once it is drawn.
fn focus(button: NodeRef<html::Button>) {
    request_animation_frame(move || {
        if let Some(button) = button.get_untracked() {
            _ = button.focus();
        }
    });
}

fn id(chat: Chat) -> AnyView {
    let translations = chat.translations;
    let label =
        move || if chat.privacy.id_copied.get() == Some(true) { translations.id_copied } else { translations.copy_id };
    let hint = move || {
        if chat.privacy.id_copied.get() == Some(false) { translations.id_selected } else { translations.id_hint }
    };
    let id = element("code").child(reactive_text(move || chat.room.you.with(|you| you.id.to_string())));
    let copy = element("button")
        .class("button")
        .with("type", "button")
        .on("click", move |_| chat.dispatch.run(Intent::CopyId));
    element("section")
        .class("part")
        .child(element("h3").text(translations.your_id).into_any())
        .child(element("p").class("id").child(id.into_any()).into_any())
        .child(told(move || hint().into()))
        .child(copy.child(reactive_text(move || label().into())).into_any())
        .into_any()
}

/// Without scripts it is a link to the first part of it.
fn export(chat: Chat) -> AnyView {
    let translations = chat.translations;
    let hint = move || match chat.privacy.export.get() {
        ExportStatus::No => translations.export_hint.into(),
        ExportStatus::Running => translations.exporting.into(),
        ExportStatus::Waiting(seconds) => translations.export_waits.with(&translations.span(seconds)),
        ExportStatus::Failed => translations.export_failed.into(),
    };
    let link = element("a").class("button").with("href", "/me/data").with("download", "").text(translations.export);
    let link = link.on("click", move |event| {
        if !is_special(&event) {
            event.prevent_default();
            chat.dispatch.run(Intent::Export);
        }
    });
    element("section").class("part").child(told(hint)).child(link.into_any()).into_any()
}

fn forget_me(chat: Chat, question: Question) -> AnyView {
    let translations = chat.translations;
    let over = move || matches!(chat.room.status.get(), Status::Ended(_));
    let answers = move || match chat.privacy.erasure.get() {
        Erasure::Done { .. } => Vec::new(),
        Erasure::Running { .. } => {
            let stop = move |_| {
                chat.dispatch.run(Intent::StopErasing);
                question.end();
            };
            vec![question.button(button("button", "button", translations.stop).on("click", stop))]
        }
        _ if question.asked.get() && !over() => {
            let yes = move |_| {
                chat.dispatch.run(Intent::EraseMyData);
                question.end();
            };
            vec![question.answers(chat, button("button danger", "button", translations.erase_yes).on("click", yes))]
        }
        _ => {
            let ask = button("button", "button", translations.erase_my_data).on("click", move |_| question.ask());
            vec![question.button(ask.reactive_attribute("disabled", move || over().then(String::new)))]
        }
    };
    let hint = move || match (chat.privacy.erasure.get(), chat.room.status.get()) {
        (Erasure::Done { .. }, _) => translations.data_erased.into(),
        // A banned visitor cannot delete their data; a moderator can do it for them.
        (_, Status::Ended(EndReason::Banned(_))) => {
            chat.composer.status.with(|status| translations.erase_banned.with(&status.sentence))
        }
        (_, Status::Ended(EndReason::SignedOut)) => chat.composer.status.with(|status| status.sentence.clone()),
        (Erasure::Running { .. }, Status::Offline(_) | Status::Connecting) => translations.erasing_offline.into(),
        (Erasure::Running { erased: 0, .. }, _) => translations.erasing_started.into(),
        (Erasure::Running { erased, .. }, _) => translations.erasing.of(erased as usize),
        _ if question.asked.get() => translations.erase_confirm.into(),
        (Erasure::Failed { .. }, _) => translations.erase_failed.into(),
        (Erasure::Idle, _) => translations.erase_hint.into(),
    };
    element("section").class("part").child(told(hint)).child(reactive(answers)).into_any()
}

/// A form that works without scripts, too. In an open chat nobody signs out, but who had everything deleted leaves by it. With a
/// passphrase nobody comes back as who they were, so they are asked whether they mean it.
fn sign_out(chat: Chat, question: Question) -> AnyView {
    let translations = chat.translations;
    let asks = chat.access == AccessMode::Passphrase;
    let submitted = move |event: web_sys::Event| {
        event.prevent_default();
        if asks && !question.asked.get_untracked() {
            question.ask();
        } else {
            chat.dispatch.run(Intent::SignOut);
        }
    };
    let answers = move || {
        vec![if question.asked.get() {
            question.answers(chat, button("button danger", "submit", translations.sign_out))
        } else {
            question.button(button("button", "submit", translations.sign_out))
        }]
    };
    let hint = move || if question.asked.get() { translations.sign_out_sure } else { translations.sign_out_hint };
    element("form")
        .class("part sign-out")
        .optional_attribute("hidden", chat.access.is_open().then_some(""))
        .with("method", "post")
        .with("action", "/sign-out")
        .on("submit", submitted)
        .child(told(move || hint().into()))
        .child(reactive(answers))
        .into_any()
}
