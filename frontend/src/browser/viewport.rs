//! Fits the page into the screen above a phone's keyboard.
//!
//! Most browsers shrink the page for the keyboard (`interactive-widget` in index.html, and `dvh`). Safari on iOS does
//! not: it puts the keyboard over the page and scrolls the page until the field is visible, which hides the header and
//! the log. So this module sets the height of the page to the visible part and scrolls the page back.

use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::HtmlElement;

/// Minimum height of a keyboard, in CSS pixels. The bars of a browser are smaller.
const MIN_KEYBOARD_PX: f64 = 120.0;

/// Fits the page whenever the visible part changes.
pub(crate) fn watch() {
    let Some(viewport) = window().visual_viewport() else { return };
    let visible = viewport.clone();
    let fit = move || {
        let Some(root) = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok()) else {
            return;
        };
        let page_height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        // A pinch zoom also reduces the visible part.
        let covered = visible.scale() < 1.01 && page_height - visible.height() > MIN_KEYBOARD_PX;
        if covered {
            let height = [&(visible.height() as i32).to_string(), "px"].concat();
            _ = root.style().set_property("--screen", &height);
            window().scroll_to_with_x_and_y(0.0, 0.0);
        } else {
            _ = root.style().remove_property("--screen");
        }
    };
    // The listener lives as long as the page.
    let fit = Closure::<dyn Fn()>::new(fit).into_js_value();
    _ = viewport.add_event_listener_with_callback("resize", fit.unchecked_ref());
}
