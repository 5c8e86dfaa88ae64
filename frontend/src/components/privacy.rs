//! The visitor and their data: who they are here, what they wrote, and the ways to take it along, to delete it, and to leave.

use leptos::{html, prelude::*, tachys::html::node_ref::NodeRefContainer};

use super::{
    element::{alive, alive_text, element},
    sheet::{self, sheet},
};
use crate::{
    chat::{Chat, Intent, set},
    forgetting::Forgetting,
};

/// The dialog.
pub(crate) fn privacy(chat: Chat) -> AnyView {
    let words = chat.words;
    let body = element("div").class("sheet-body order").child(id(chat)).child(export(chat)).child(forget_me(chat));
    sheet(chat, "privacy", words.privacy, chat.privacy).child(body.child(sign_out(chat)).into_any()).into_any()
}

/// Opens the dialog.
pub(super) fn open(chat: Chat) {
    sheet::open(chat.privacy);
}

fn part(title: &'static str) -> super::element::Element {
    element("section").class("part").child(element("h3").text(title).into_any())
}

fn hint(words: &'static str) -> AnyView {
    element("p").class("name-hint").text(words).into_any()
}

fn id(chat: Chat) -> AnyView {
    let copied = RwSignal::new(false);
    let label = move || if copied.get() { chat.words.id_copied } else { chat.words.copy_id };
    let copy = move |_| {
        chat.intend.run(Intent::CopyId);
        set(copied, true);
    };
    let id = element("code").child(alive_text(move || chat.you.with(|you| you.id.to_string())));
    let copy = element("button").class("button").with("type", "button").on("click", copy);
    part(chat.words.your_id)
        .child(element("p").class("id").child(id.into_any()).into_any())
        .child(hint(chat.words.id_hint))
        .child(copy.child(alive_text(move || label().into())).into_any())
        .into_any()
}

fn export(chat: Chat) -> AnyView {
    let link = element("a").class("button").with("href", "/me/data").with("download", "").text(chat.words.export);
    element("section").class("part").child(link.into_any()).child(hint(chat.words.export_hint)).into_any()
}

/// The question is asked where the button was, with the focus on the answer that changes nothing.
fn forget_me(chat: Chat) -> AnyView {
    let words = chat.words;
    let asked = RwSignal::new(false);
    let cancel = NodeRef::<html::Button>::new();
    let ask = move |_| {
        set(asked, true);
        request_animation_frame(move || {
            if let Some(cancel) = cancel.get_untracked() {
                _ = cancel.focus();
            }
        });
    };
    let button = |class, label: &'static str| element("button").class(class).with("type", "button").text(label);
    let answers = move || match chat.forgetting.get() {
        Forgetting::Running { .. } | Forgetting::Done { .. } => Vec::new(),
        _ if asked.get() => {
            let no = button("button", words.cancel)
                .held_by(move |drawn| cancel.load(drawn))
                .on("click", move |_| set(asked, false));
            let yes =
                button("button danger", words.forget_me_yes).on("click", move |_| chat.intend.run(Intent::ForgetMe));
            vec![element("div").class("name-buttons").child(no.into_any()).child(yes.into_any()).into_any()]
        }
        _ => vec![button("button", words.forget_me).on("click", ask).into_any()],
    };
    let told = move || match chat.forgetting.get() {
        Forgetting::No if asked.get() => words.forget_me_sure.into(),
        Forgetting::No => words.forget_me_hint.into(),
        Forgetting::Failed { .. } => words.forget_failed.into(),
        running => words.forgetting.of(running.gone() as usize),
    };
    element("section")
        .class("part")
        .child(alive(answers))
        .child(element("p").class("name-hint").with("aria-live", "polite").child(alive_text(told)).into_any())
        .into_any()
}

/// A form that works without scripts, too. In an open chat nobody signs out, but who had everything deleted leaves by it.
fn sign_out(chat: Chat) -> AnyView {
    let open = chat.access.is_open();
    let button = element("button").class("button").with("type", "submit").text(chat.words.sign_out);
    let form = element("form")
        .class("sign-out")
        .with("method", "post")
        .with("action", "/sign-out")
        .on("submit", move |_| chat.intend.run(Intent::SignOut))
        .child(button.into_any())
        .child(hint(chat.words.sign_out_hint));
    element("section").class("part").maybe("hidden", open.then_some("")).child(form.into_any()).into_any()
}
