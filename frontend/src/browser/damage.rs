//! Notices when something outside of the program has removed what the program draws into: then rows are drawn nowhere, and
//! no error says so. Extensions and translators do such things to running pages.

use js_sys::Reflect;
use leptos::prelude::*;
use page_model::timeline::Row;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Element;

use crate::{
    browser::js,
    ui::{message::dom::article_in, state::Chat},
};

/// Property of the window: an instance of the program has ended itself because of damage.
const RESTARTED: &str = "restarted";

/// Age in milliseconds from which an instance may end itself although an earlier one did so. It is longer than the time
/// after which the script in `Trunk.toml` starts another instance.
const MINIMUM_AGE: u64 = 15_000;

/// Ends this instance if the composer or the newest message is missing in the document. The script in `Trunk.toml` starts
/// another one, which mounts the page afresh. `age` is the age of this instance in milliseconds.
pub(crate) fn restart_if_damaged(chat: Chat, age: u64) {
    if (age > MINIMUM_AGE || js::property(&window(), RESTARTED).is_undefined()) && is_damaged(chat) {
        _ = Reflect::set(&window(), &RESTARTED.into(), &true.into());
        wasm_bindgen::throw_val(JsValue::NULL);
    }
}

fn is_damaged(chat: Chat) -> bool {
    let field = chat.composer.field.get_untracked();
    let newest = chat.log.rows.with_untracked(|rows| rows.last().map(|shown| shown.row.get_untracked()));
    field.is_some_and(|field| !field.is_connected()) || newest.is_some_and(|row| !is_in_document(chat, &row))
}

/// Whether the document has the message of a row: a sent one by its number, another by its nonce.
fn is_in_document(chat: Chat, row: &Row) -> bool {
    let Some(log) = chat.log.element.get_untracked() else { return true };
    if let Some(seq) = row.seq {
        return article_in(chat.log.element, seq).is_some();
    }
    let Ok(messages) = log.query_selector_all("[data-nonce]") else { return true };
    let mut messages = (0..messages.length()).filter_map(|index| messages.item(index)?.dyn_into::<Element>().ok());
    messages.any(|message| message.get_attribute("data-nonce").as_deref() == Some(row.nonce.as_str()))
}
