//! A dialog with a title: in the middle of a wide screen, and on a narrow one from below, where the thumb is.

use leptos::{html, prelude::*, tachys::html::node_ref::NodeRefContainer};
use web_sys::{HtmlInputElement, wasm_bindgen::JsCast as _};

use crate::ui::{
    parts::{
        element::{Element, element, reactive_text},
        icon_button::{CROSS, icon_button},
    },
    state::Chat,
};

/// One of that name, which is its class, too. What it shows is to be put into it.
pub(crate) fn titled_dialog(
    chat: Chat,
    name: &'static str,
    title: &'static str,
    dialog: NodeRef<html::Dialog>,
) -> Element {
    dialog_with_title(chat, name, title.into_any(), dialog)
}

/// The same, with a title that is more than words of the page.
pub(crate) fn dialog_with_title(
    chat: Chat,
    name: &'static str,
    title: AnyView,
    dialog: NodeRef<html::Dialog>,
) -> Element {
    let title_id = [name, "-title"].concat();
    let title_line = element("h2").with("id", title_id.as_str()).child(title).into_any();
    let close =
        icon_button("sheet-close", chat.translations.close.into(), CROSS, true, Callback::new(move |()| close(dialog)));
    // `closedby` lets a click beside it close it, where a browser knows that.
    element("dialog")
        .class(["sheet ", name].concat())
        .with("aria-labelledby", title_id)
        .with("closedby", "any")
        .on_mount(move |drawn| dialog.load(drawn))
        .child(element("div").class("sheet-bar").child(title_line).child(close).into_any())
}

/// The line in which something is typed, with the button that takes it.
pub(crate) fn form(field: Element, take: &'static str, submitted: impl FnMut() + Send + 'static) -> Element {
    let mut submitted = submitted;
    let button = element("button").class("button primary").with("type", "submit").text(take);
    element("form")
        .class("sheet-form")
        .with("novalidate", "")
        .on("submit", move |event| {
            event.prevent_default();
            submitted();
        })
        .child(field.class("sheet-field").with("autocomplete", "off").into_any())
        .child(button.into_any())
}

/// What is said below what can be chosen, as it changes.
pub(crate) fn hint(hint: impl Fn() -> &'static str + Send + 'static) -> AnyView {
    let hint = reactive_text(move || hint().into());
    element("p").class("name-hint").with("aria-live", "polite").child(hint).into_any()
}

/// Opens one. What stands in its field is ready to be replaced.
pub(crate) fn open(dialog: NodeRef<html::Dialog>) {
    let Some(dialog) = dialog.get_untracked().filter(|dialog| !dialog.open()) else { return };
    _ = dialog.show_modal();
    if let Ok(Some(field)) = dialog.query_selector("input") {
        let field: HtmlInputElement = field.unchecked_into();
        _ = field.focus();
        field.select();
    }
}

pub(crate) fn close(dialog: NodeRef<html::Dialog>) {
    if let Some(dialog) = dialog.get_untracked() {
        dialog.close();
    }
}

/// Whether a click is one that the browser makes something else of: another tab, say.
pub(crate) fn is_special(click: &web_sys::Event) -> bool {
    let click: &web_sys::MouseEvent = click.unchecked_ref();
    click.ctrl_key() || click.meta_key() || click.shift_key()
}
