//! Dialogs with a title: in the middle of a wide screen, at the bottom of a narrow one.

use leptos::ev;
use page_view::{Callback, Element, NodeRef, View, element, reactive_text};
use web_sys::{HtmlDialogElement, HtmlInputElement, wasm_bindgen::JsCast as _};

use crate::ui::{
    parts::autofill::NoAutofill as _,
    parts::icon_button::{CROSS, icon_button},
    state::Chat,
};

/// Returns a dialog without content. `name` is its class and the prefix of the title's id.
pub(crate) fn titled_dialog(
    chat: Chat,
    name: &'static str,
    title: &'static str,
    dialog: NodeRef<HtmlDialogElement>,
) -> Element {
    dialog_with_title(chat, name, title, dialog)
}

/// As [`titled_dialog`], with any view as the title.
pub(crate) fn dialog_with_title(
    chat: Chat,
    name: &'static str,
    title: impl Into<View>,
    dialog: NodeRef<HtmlDialogElement>,
) -> Element {
    let title_id = [name, "-title"].concat();
    let title_line = element("h2").with("id", title_id.clone()).child(title);
    let close =
        icon_button("sheet-close", chat.translations.close.into(), CROSS, true, Callback::new(move |()| close(dialog)));
    // In browsers that support `closedby`, a click beside the dialog closes it.
    element("dialog")
        .class(["sheet ", name].concat())
        .with("aria-labelledby", title_id)
        .with("closedby", "any")
        .node_ref(dialog)
        .child(element("div").class("sheet-bar").child(title_line).child(close))
}

/// Returns a form of one field and a submit button.
pub(crate) fn form(field: Element, label: &'static str, on_submit: impl Fn() + 'static) -> Element {
    let button = element("button").class("button primary").with("type", "submit").text(label);
    element("form")
        .class("sheet-form")
        .with("novalidate", "")
        .on(ev::submit, move |event| {
            event.prevent_default();
            on_submit();
        })
        .child(field.class("sheet-field").with("dir", "auto").no_autofill())
        .child(button)
}

/// Draws a hint that follows signals. Screen readers announce its changes.
pub(crate) fn hint(hint: impl Fn() -> &'static str + 'static) -> Element {
    let hint = reactive_text(hint);
    element("p").class("name-hint").with("aria-live", "polite").child(hint)
}

/// Opens a dialog and selects the text of its first field.
pub(crate) fn open(dialog: NodeRef<HtmlDialogElement>) {
    let Some(dialog) = dialog.get_untracked().filter(|dialog| !dialog.open()) else { return };
    _ = dialog.show_modal();
    if let Ok(Some(field)) = dialog.query_selector("input") {
        let field: HtmlInputElement = field.unchecked_into();
        _ = field.focus();
        field.select();
    }
}

/// Opens a dialog whose first field gets no focus. The first button gets it, so no on-screen keyboard rises.
pub(crate) fn open_without_keyboard(dialog: NodeRef<HtmlDialogElement>) {
    if let Some(dialog) = dialog.get_untracked().filter(|dialog| !dialog.open()) {
        _ = dialog.show_modal();
    }
}

/// Scrolls the content of a dialog to its start.
#[cfg(feature = "hydrate")]
pub(crate) fn scroll_to_top(dialog: NodeRef<HtmlDialogElement>) {
    if let Some(Ok(Some(body))) = dialog.get_untracked().map(|dialog| dialog.query_selector(".sheet-body")) {
        body.set_scroll_top(0);
    }
}

/// Closes a dialog.
pub(crate) fn close(dialog: NodeRef<HtmlDialogElement>) {
    if let Some(dialog) = dialog.get_untracked() {
        dialog.close();
    }
}

/// Whether a click has a modifier key: the browser opens the link in a new tab, for example.
pub(crate) fn has_modifier(click: &web_sys::Event) -> bool {
    let click: &web_sys::MouseEvent = click.unchecked_ref();
    click.ctrl_key() || click.meta_key() || click.shift_key()
}
