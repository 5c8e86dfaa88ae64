//! Pasting: the browser inserts the text of a clipboard, or its files are attached.

use leptos::ev;
use page_model::paste::{ClipboardFormats, Paste};

use crate::ui::state::{
    Chat, files_of,
    intent::{Clipboard, ImageIntent},
};

/// Handles a paste into the field. A clipboard with files waits until it is known which of the two is pasted.
pub(crate) fn on_paste(chat: Chat, event: &ev::ClipboardEvent) {
    let Some(data) = event.clipboard_data() else { return };
    let files = files_of(data.files());
    if files.is_empty() {
        return;
    }
    let [text, html] = ["text/plain", "text/html"].map(|format| data.get_data(format).unwrap_or_default());
    let clipboard = Clipboard { text, html, files };
    let functions = chat.on_demand.functions.get_untracked();
    match functions.map(|functions| (functions.pastes_files)(&clipboard)) {
        Some(false) => return,
        Some(true) => chat.attach(clipboard.files),
        None => chat.run_for_images(ImageIntent::Paste(clipboard)),
    }
    event.prevent_default();
}

/// Whether the files of a clipboard are pasted, and not its text. It is loaded on demand.
pub(crate) fn pastes_files(clipboard: &Clipboard) -> bool {
    let names: Vec<String> = clipboard.files.iter().map(web_sys::File::name).collect();
    ClipboardFormats { text: &clipboard.text, html: &clipboard.html, files: &names }.paste() == Paste::Files
}
