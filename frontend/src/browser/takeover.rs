//! What a page that is mounted afresh takes over from the content that it replaces: text, selection and focus of the
//! composer, a reply or an edit, and the message that the visitor reads.

use std::cell::Cell;

use leptos::prelude::*;
use page_model::composer_mode::ComposerMode;
use shared_types::Seq;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlTextAreaElement};

use crate::ui::{
    log::scroll,
    state::{Chat, set},
};

const FIELD: &str = ".composer-field";
const MODE_BAR: &str = ".composer .writing";
const LOG: &str = ".log";

thread_local! {
    /// The message to load, because the page state does not contain it.
    static TARGET: Cell<Option<Seq>> = const { Cell::new(None) };
    static MODE: Cell<Option<Mode>> = const { Cell::new(None) };
}

/// Returns the message that the visitor read before the page was mounted afresh, if it has to be loaded.
pub(crate) fn target() -> Option<Seq> {
    TARGET.take()
}

/// Continues the reply or the edit that the replaced content had, once its message is in the log.
pub(crate) fn restore_mode(chat: Chat) {
    let Some(mode) = MODE.take() else { return };
    let Some(row) = untrack(|| chat.row(mode.seq)) else { return MODE.set(Some(mode)) };
    let edit = mode.edit;
    let mode = if edit.is_some() { ComposerMode::edit(row) } else { ComposerMode::reply(row) };
    if let Some(mode) = mode {
        chat.composer.restored_edit.set(edit);
        set(chat.composer.mode, mode);
    }
}

/// A reply or an edit.
struct Mode {
    /// The message that is answered or edited.
    seq: Seq,
    /// The text of an edit.
    edit: Option<String>,
}

/// The state of the replaced content.
pub(crate) struct Takeover {
    field: Option<FieldState>,
    mode: Option<Mode>,
    reading: Option<ReadingPosition>,
}

struct FieldState {
    text: String,
    selection: (u32, u32),
    is_focused: bool,
}

/// The uppermost visible message and its distance from the top of the log, in CSS pixels.
pub(crate) struct ReadingPosition {
    id: String,
    seq: Option<Seq>,
    top: f64,
}

impl Takeover {
    /// Reads the state of `root` before it is replaced.
    pub(crate) fn of(root: &Element) -> Self {
        let field = find::<HtmlTextAreaElement>(root, FIELD);
        let mode = find::<Element>(root, MODE_BAR).and_then(|bar| Mode::of(&bar, field.as_ref()?));
        let is_edit = mode.as_ref().is_some_and(|mode| mode.edit.is_some());
        let field = field.map(|field| FieldState::of(&field, is_edit));
        let reading = find(root, LOG).and_then(|log: Element| ReadingPosition::of(&log));
        Self { field, mode, reading }
    }

    /// Applies the state to the new root.
    pub(crate) fn apply(self, root: &Element) {
        if let (Some(state), Some(field)) = (self.field, find::<HtmlTextAreaElement>(root, FIELD)) {
            state.apply(&field);
        }
        MODE.set(self.mode);
        if let (Some(reading), Some(log)) = (self.reading, find::<Element>(root, LOG)) {
            reading.apply(&log);
        }
    }
}

impl Mode {
    fn of(bar: &Element, field: &HtmlTextAreaElement) -> Option<Self> {
        let seq = Seq(bar.get_attribute("data-seq")?.parse().ok()?);
        Some(Self { seq, edit: bar.class_list().contains("edit").then(|| field.value()) })
    }
}

impl FieldState {
    fn of(field: &HtmlTextAreaElement, is_edit: bool) -> Self {
        let at = |position: Result<Option<u32>, _>| position.ok().flatten().unwrap_or_default();
        Self {
            // The text of an edit is no draft. The draft behind it is stored.
            text: if is_edit { String::new() } else { field.value() },
            selection: (at(field.selection_start()), at(field.selection_end())),
            is_focused: document().active_element().is_some_and(|active| active.is_same_node(Some(field))),
        }
    }

    fn apply(self, field: &HtmlTextAreaElement) {
        field.set_value(&self.text);
        if self.is_focused {
            _ = field.focus();
            _ = field.set_selection_range(self.selection.0, self.selection.1);
        }
    }
}

impl ReadingPosition {
    /// Returns `None` if the reader is at the end: the new log starts there.
    pub(crate) fn of(log: &Element) -> Option<Self> {
        if scroll::at_end(log) {
            return None;
        }
        let log_top = log.get_bounding_client_rect().top();
        let messages = log.query_selector_all("article[id]").ok()?;
        let mut messages = (0..messages.length()).filter_map(|index| messages.item(index)?.dyn_into::<Element>().ok());
        let message = messages.find(|message| message.get_bounding_client_rect().bottom() > log_top)?;
        let id = message.id();
        let seq = id.strip_prefix("m-").and_then(|seq| seq.parse().ok()).map(Seq);
        Some(Self { id, seq, top: message.get_bounding_client_rect().top() - log_top })
    }

    pub(crate) fn apply(self, log: &Element) {
        let Some(message) = document().get_element_by_id(&self.id) else { return TARGET.set(self.seq) };
        let top = message.get_bounding_client_rect().top() - log.get_bounding_client_rect().top();
        log.set_scroll_top(log.scroll_top() + (top - self.top) as i32);
    }
}

fn find<T: wasm_bindgen::JsCast>(root: &Element, selector: &str) -> Option<T> {
    root.query_selector(selector).ok().flatten()?.dyn_into().ok()
}
