//! Events of the window and the document.

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{DataTransfer, DragEvent, FileList};

/// Whether the page is looked at.
pub(crate) fn is_visible() -> bool {
    !document().hidden()
}

/// Calls `act` when the network changes and when the page is looked at again.
pub(crate) fn on_resume(act: impl Fn() + Clone + 'static) {
    for event in ["online", "offline", "pageshow"] {
        let act = act.clone();
        keep_listening(window_event_listener_untyped(event, move |_| act()));
    }
    let listener = Closure::<dyn Fn()>::new(act).into_js_value();
    _ = document().add_event_listener_with_callback("visibilitychange", listener.unchecked_ref());
}

/// Calls `act` whenever this may be the last that is heard of the page: a phone ends hidden pages without a word.
pub(crate) fn on_page_hide(act: impl Fn() + Clone + 'static) {
    for event in ["pagehide", "visibilitychange"] {
        let act = act.clone();
        keep_listening(window_event_listener_untyped(event, move |_| act()));
    }
}

/// Calls `act` with the files that are dropped on the page, and marks the document as `data-dragging` while some are over
/// it. Wherever they are dropped, they do not take the page's place.
pub(crate) fn on_file_drop(act: impl Fn(Option<FileList>) + Clone + 'static) {
    for name in ["dragover", "dragleave", "drop"] {
        let act = act.clone();
        keep_listening(window_event_listener_untyped(name, move |event| {
            let event: &DragEvent = event.unchecked_ref();
            let Some(root) = document().document_element() else { return };
            // From one element to another there is something it enters.
            if name == "dragleave" {
                if event.related_target().is_none() {
                    _ = root.remove_attribute("data-dragging");
                }
                return;
            }
            let files = |dragged: &DataTransfer| dragged.types().includes(&"Files".into(), 0);
            let Some(dragged) = event.data_transfer().filter(files) else { return };
            event.prevent_default();
            if name == "dragover" {
                _ = root.set_attribute("data-dragging", "");
            } else {
                _ = root.remove_attribute("data-dragging");
                act(dragged.files());
            }
        }));
    }
}

/// Lets the browser ask whether to leave the page, while something would be lost by that.
pub(crate) fn confirm_before_unload(loses: impl Fn() -> bool + 'static) {
    keep_listening(window_event_listener(ev::beforeunload, move |event| {
        if loses() {
            event.prevent_default();
        }
    }));
}

/// A listener that lives as long as the page.
pub(crate) fn keep_listening(listener: WindowListenerHandle) {
    std::mem::forget(listener);
}
