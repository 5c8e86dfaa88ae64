//! The dialog that lists what moderators did.

use leptos::{html, prelude::*, tachys::html::node_ref::NodeRefContainer};
use page_model::search::Progress;

use crate::ui::{
    moderation::restriction_dialog,
    parts::{
        dialog::{self, sheet},
        element::{alive, alive_text, element},
    },
    search_dialog::said,
    state::{Chat, Hit, Intent},
};

/// The dialog with what was done.
pub(crate) fn audit(chat: Chat) -> AnyView {
    let words = chat.words;
    let list = NodeRef::<html::Div>::new();
    let acts = move || chat.audit.get().hits.into_iter().map(|done| act(chat, done)).collect();
    let state = move || match chat.audit.with(|audit| (audit.progress, audit.hits.is_empty())) {
        (Progress::Failed(_), _) => words.audit_failed,
        (Progress::Nothing, true) => words.audit_loading,
        (_, true) => words.audit_empty,
        (_, false) => words.audit_hint,
    };
    let further = move || {
        let label = match chat.audit.with(|audit| audit.progress) {
            Progress::Partly(_) => words.audit_further,
            Progress::Failed(_) => words.audit_again,
            _ => return Vec::new(),
        };
        let further = move |_| {
            chat.intend.run(Intent::AuditFurther);
            // The button goes when there is nothing before, and the focus is not to go with it.
            if let Some(list) = list.get_untracked() {
                _ = list.focus();
            }
        };
        vec![element("button").class("button").with("type", "button").on("click", further).text(label).into_any()]
    };
    let body = element("div")
        .class("sheet-body")
        .with("role", "region")
        .with("aria-labelledby", "audit-title")
        .with("tabindex", "0")
        .held_by(move |drawn| list.load(drawn))
        .child(element("ol").class("hits").with("role", "list").child(alive(acts)).into_any())
        .child(alive(further));
    let state = element("p").class("sheet-hint").with("role", "status").child(alive_text(move || state().into()));
    sheet(chat, "audit", words.audit, chat.auditor).child(state.into_any()).child(body.into_any()).into_any()
}

pub(crate) fn open(chat: Chat) {
    chat.intend.run(Intent::Audit);
    dialog::open(chat.auditor);
}

/// Something that was done, and the way to decide otherwise about whom it was done to.
fn act(chat: Chat, mut act: Hit) -> AnyView {
    let decide = act.whom.take().and_then(|whom| restriction_dialog::button(chat, whom, chat.auditor));
    element("li").class("hit").children(said(chat, act)).perhaps(decide).into_any()
}
