//! The dialog that shows the audit log.

use leptos::ev;
use page_model::audit::AuditLoading;
use page_view::{Element, NodeRef, element, reactive, reactive_text};
use web_sys::HtmlElement;

use crate::ui::{
    moderation::restriction_dialog,
    parts::{
        byline::byline,
        dialog::{self, titled_dialog},
    },
    state::{Chat, intent::DialogIntent, moderation::AuditRow},
};

/// Draws the dialog.
pub(crate) fn audit(chat: Chat) -> Element {
    let texts = chat.translations.dialogs();
    let list = NodeRef::<HtmlElement>::new();
    let entries = move || chat.moderation.audit.get().rows.into_iter().map(|row| entry(chat, row)).collect::<Vec<_>>();
    let state = move || match chat.moderation.audit.with(|audit| (audit.state, audit.rows.is_empty())) {
        (AuditLoading::Failed, _) => texts.audit_failed,
        (AuditLoading::Loading, true) => texts.audit_loading,
        (_, true) => texts.audit_empty,
        (_, false) => texts.audit_hint,
    };
    let further = move || {
        let label = match chat.moderation.audit.with(|audit| audit.state) {
            AuditLoading::Partial => texts.audit_further,
            AuditLoading::Failed => texts.audit_again,
            _ => return Vec::new(),
        };
        let further = move |_| {
            chat.run_in_dialog(DialogIntent::AuditMore);
            // The button disappears after the oldest entry, so the focus moves to the list.
            if let Some(list) = list.get_untracked() {
                _ = list.focus();
            }
        };
        vec![element("button").class("button").with("type", "button").on(ev::click, further).text(label)]
    };
    let body = element("div")
        .class("sheet-body")
        .with("role", "region")
        .with("aria-labelledby", "audit-title")
        .with("tabindex", "0")
        .node_ref(list)
        .child(element("ol").class("hits").with("role", "list").child(reactive(entries)))
        .child(reactive(further));
    let state = element("p").class("sheet-hint").with("role", "status").child(reactive_text(state));
    titled_dialog(chat, "audit", texts.audit, chat.moderation.audit_dialog).child(state).child(body)
}

pub(crate) fn open(chat: Chat) {
    chat.run_in_dialog(DialogIntent::Audit);
    dialog::open(chat.moderation.audit_dialog);
}

/// Draws an entry with a button that opens the restriction dialog about its target.
fn entry(chat: Chat, entry: AuditRow) -> Element {
    let text = element("span").text(entry.text);
    let restrict =
        entry.target.and_then(|target| restriction_dialog::button(chat, target, chat.moderation.audit_dialog));
    element("li")
        .class("hit")
        .children(byline(chat, &entry.moderator, entry.at, entry.when))
        .child(element("span").class("hit-text").child(text))
        .child(restrict)
}
