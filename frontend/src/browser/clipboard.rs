//! Access to the clipboard.

use leptos::prelude::*;
use shared_types::Seq;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Clipboard, Event, HtmlInputElement, HtmlTextAreaElement};

use crate::{browser::js, ui::message::message_id};

/// Copies the address of a message. If the page may not copy, shows it in the address bar. Returns whether it was
/// copied.
pub(crate) async fn copy_address(seq: Seq) -> bool {
    let location = window().location();
    let hash = ["#", &message_id(seq)].concat();
    let page = [location.origin(), location.pathname()].into_iter().flatten().collect::<String>();
    let copied = copy_text(&[&page, &hash].map(String::as_str).concat()).await;
    if !copied {
        _ = location.set_hash(&hash);
    }
    copied
}

/// Copies a text. Returns whether it was copied: only pages loaded by HTTPS have a clipboard, and the browser may
/// refuse.
pub(crate) async fn copy_text(text: &str) -> bool {
    let clipboard = js::property(&window().navigator(), "clipboard");
    clipboard.is_object() && JsFuture::from(clipboard.unchecked_into::<Clipboard>().write_text(text)).await.is_ok()
}

/// Selects the text of the first element that matches a selector.
pub(crate) fn select_text(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector)
        && let Some(selection) = js::call(&window(), "getSelection", &[])
    {
        js::call(&selection, "selectAllChildren", &[element.into()]);
    }
}

/// Selects the text of the field in an open dialog that matches a selector.
pub(crate) fn select_field(selector: &str) {
    if let Ok(Some(field)) = document().query_selector(&["dialog[open] ", selector].concat()) {
        let field: HtmlInputElement = field.unchecked_into();
        _ = field.focus();
        field.select();
    }
}

/// Inserts a text into a field, as a paste does: it can be undone, and the field gets its events. A field that cannot have
/// the focus, because a dialog is open, gets the text without an undo step.
pub(crate) fn insert_text(field: &HtmlTextAreaElement, text: &str) {
    if document().active_element().as_ref() == Some(field) {
        js::call(&document(), "execCommand", &["insertText".into(), false.into(), text.into()]);
    } else if field.set_range_text(text).is_ok()
        && let Ok(event) = Event::new("input")
    {
        _ = field.dispatch_event(&event);
    }
}
