//! Events of the window and the document.

use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{DataTransfer, DragEvent, FileList};

use crate::ui::parts::window_events::on_window_event;

/// Whether the page is visible.
pub(crate) fn is_visible() -> bool {
    !document().hidden()
}

/// Calls `act` when the network changes or the page becomes visible.
pub(crate) fn on_resume(act: impl Fn() + Clone + 'static) {
    for event in ["online", "offline", "pageshow"] {
        let act = act.clone();
        on_window_event(event, move |_| act());
    }
    let listener = Closure::<dyn Fn()>::new(act).into_js_value();
    _ = document().add_event_listener_with_callback("visibilitychange", listener.unchecked_ref());
}

/// Calls `act` when a media query begins or ceases to match.
pub(crate) fn on_media_change(query: &str, act: impl Fn() + 'static) {
    if let Ok(Some(query)) = window().match_media(query) {
        let listener = Closure::<dyn Fn()>::new(act).into_js_value();
        _ = query.add_event_listener_with_callback("change", listener.unchecked_ref());
        // The browser may drop a query that nothing refers to, and its listeners.
        std::mem::forget(query);
    }
}

/// Calls `act` when the page is left or hidden: phones end hidden pages without an event.
pub(crate) fn on_page_hide(act: impl Fn() + Clone + 'static) {
    for event in ["pagehide", "visibilitychange"] {
        let act = act.clone();
        on_window_event(event, move |_| act());
    }
}

/// Calls `on_drag` when files are dragged over the page, and `on_drop` with files that are dropped on it. Sets
/// `data-dragging` on the document meanwhile. Dropped files never replace the page.
pub(crate) fn on_file_drop(on_drag: impl Fn() + Clone + 'static, on_drop: impl Fn(Option<FileList>) + Clone + 'static) {
    for name in ["dragover", "dragleave", "drop"] {
        let (on_drag, on_drop) = (on_drag.clone(), on_drop.clone());
        on_window_event(name, move |event| {
            let event: &DragEvent = event.unchecked_ref();
            let Some(root) = document().document_element() else { return };
            // Moving between elements also fires `dragleave`, with a related target.
            if name == "dragleave" {
                if event.related_target().is_none() {
                    _ = root.remove_attribute("data-dragging");
                }
                return;
            }
            let has_files = |dragged: &DataTransfer| dragged.types().includes(&"Files".into(), 0);
            let Some(dragged) = event.data_transfer().filter(has_files) else { return };
            event.prevent_default();
            if name == "dragover" {
                // The event is repeated while the files are above the page.
                if !root.has_attribute("data-dragging") {
                    _ = root.set_attribute("data-dragging", "");
                    on_drag();
                }
            } else {
                _ = root.remove_attribute("data-dragging");
                on_drop(dragged.files());
            }
        });
    }
}

/// Lets the browser ask for confirmation before it leaves the page, while `has_unsaved_work` returns `true`.
pub(crate) fn confirm_before_unload(has_unsaved_work: impl Fn() -> bool + 'static) {
    on_window_event("beforeunload", move |event| {
        if has_unsaved_work() {
            event.prevent_default();
        }
    });
}
