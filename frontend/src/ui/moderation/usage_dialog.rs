//! The dialog with usage figures, for owners.

use page_view::{Element, NodeRef, element, reactive, reactive_text};
use web_sys::HtmlDialogElement;

use crate::ui::{
    parts::dialog::{self, titled_dialog},
    state::{
        Chat,
        intent::DialogIntent,
        moderation::{RolesView, UsageView},
    },
};

/// Width of the drawing of the largest number.
const WIDTH: u64 = 100;

/// Opens the dialog and loads the figures.
pub(crate) fn open(chat: Chat, dialog: NodeRef<HtmlDialogElement>) {
    chat.run_in_dialog(DialogIntent::LoadUsage);
    dialog::open_without_keyboard(dialog);
}

/// Draws the dialog.
pub(crate) fn usage_dialog(chat: Chat, dialog: NodeRef<HtmlDialogElement>) -> Element {
    let texts = chat.translations.administration();
    let usage = move || chat.moderation.administration.roles.with(RolesView::usage);
    let status = move || match usage() {
        UsageView::Loading => texts.loading,
        UsageView::Failed => texts.usage_failed,
        UsageView::Known(_) => texts.usage_hint,
    };
    let figures = move || {
        let UsageView::Known(rows) = usage() else { return Vec::new() };
        let sentences = rows.sentences.into_iter().map(|sentence| element("li").text(sentence));
        let largest = rows.days.iter().map(|(_, changes)| *changes).max().unwrap_or_default().max(1);
        let days = rows.days.into_iter().map(|(day, changes)| row(day, changes, changes * WIDTH / largest));
        let days = element("table").class("usage-days").child(element("tbody").children(days));
        vec![element("ul").class("usage-facts").with("role", "list").children(sentences), days]
    };
    let body = element("div")
        .class("sheet-body order")
        .with("role", "region")
        .with("aria-labelledby", "usage-title")
        .with("tabindex", "0")
        .child(reactive(figures));
    titled_dialog(chat, "usage", texts.usage, dialog)
        .child(element("p").class("sheet-hint").with("role", "status").child(reactive_text(status)))
        .child(body)
}

/// Draws a day with a bar.
fn row(day: String, changes: u64, width: u64) -> Element {
    let bar = element("path").with("d", ["M0 0h", &width.to_string(), "v8H0z"].concat());
    let bar = element("svg")
        .with("viewBox", "0 0 100 8")
        .with("preserveAspectRatio", "none")
        .with("aria-hidden", "true")
        .child(bar);
    element("tr")
        .child(element("th").with("scope", "row").text(day))
        .child(element("td").class("usage-number").text(changes.to_string()))
        .child(element("td").class("usage-bar").child(bar))
}
