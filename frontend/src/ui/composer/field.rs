//! Reads and changes the field of the composer. Changes can be undone. It is loaded on demand.

use leptos::prelude::*;
use page_model::formatting::{FieldEdit, Selection};
use web_sys::{HtmlDocument, HtmlTextAreaElement, wasm_bindgen::JsCast as _};

use crate::ui::state::Chat;

/// Returns the text before and after the caret.
pub(crate) fn split_at_caret(field: &HtmlTextAreaElement) -> (String, String) {
    let [before, _, after] = split(field);
    (before, after)
}

/// Moves the caret by so many UTF-16 units.
pub(crate) fn move_caret(field: &HtmlTextAreaElement, by: u32) {
    let caret = selection(field).0 + by;
    _ = field.set_selection_range(caret, caret);
}

/// Replaces so many UTF-16 units before the caret.
pub(crate) fn replace_before_caret(chat: Chat, units: u32, text: &str) {
    let Some(field) = chat.composer.field.get_untracked() else { return };
    let (start, end) = selection(&field);
    insert(&field, start.saturating_sub(units), end, text);
}

/// Inserts a text in place of this selection. The field gets the focus.
pub(crate) fn insert_at(chat: Chat, (start, end): (u32, u32), text: &str) {
    chat.focus();
    if let Some(field) = chat.composer.field.get_untracked() {
        insert(&field, start, end, text);
    }
}

/// Changes the selected text.
pub(crate) fn edit_selection(field: &HtmlTextAreaElement, edit: impl FnOnce(Selection<'_>) -> FieldEdit) {
    let [before, selected, after] = &split(field);
    let edit = edit(Selection { before, selected, after });
    let (start, end) = selection(field);
    let start = start.saturating_sub(edit.before);
    insert(field, start, end + edit.after, &edit.text);
    _ = field.set_selection_range(start + edit.select_from, start + edit.select_to);
}

/// Whether a text is selected.
pub(crate) fn has_selection(field: &HtmlTextAreaElement) -> bool {
    let (start, end) = selection(field);
    start < end
}

/// Replaces a range of the focused field, as typing does: it can be undone, and the field gets its events.
fn insert(field: &HtmlTextAreaElement, start: u32, end: u32, text: &str) {
    if text.is_empty() && start == end {
        return;
    }
    _ = field.set_selection_range(start, end);
    let document: HtmlDocument = document().unchecked_into();
    let command = if text.is_empty() { "delete" } else { "insertText" };
    _ = document.exec_command_with_show_ui_and_value(command, false, text);
}

/// Returns the start and the end of the selection, in UTF-16 units.
pub(crate) fn selection(field: &HtmlTextAreaElement) -> (u32, u32) {
    let at = |position: Result<Option<u32>, _>| position.ok().flatten().unwrap_or_default();
    (at(field.selection_start()), at(field.selection_end()))
}

/// Returns the text before the selection, the selected text, and the text after it.
fn split(field: &HtmlTextAreaElement) -> [String; 3] {
    let text: Vec<u16> = field.value().encode_utf16().collect();
    let (start, end) = selection(field);
    let end = (end as usize).min(text.len());
    let start = (start as usize).min(end);
    [&text[..start], &text[start..end], &text[end..]].map(String::from_utf16_lossy)
}
