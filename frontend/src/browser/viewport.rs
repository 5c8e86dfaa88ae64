//! How much of the screen a phone's keyboard leaves.
//!
//! Nearly every browser makes the page smaller by itself (`interactive-widget` in index.html, and `dvh`). Safari on iOS knows
//! neither the one nor does its `dvh` count the keyboard: it lays the keyboard over the page, and moves the page up until the
//! field is seen, which takes the header and the log out of sight. So the page is given what is left, and moved back.

use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::HtmlElement;

/// The bars of a browser take less than this, and a keyboard takes more, in CSS pixels.
const KEYBOARD_PX: f64 = 120.0;

/// Watches it from now on.
pub(crate) fn watch() {
    let Some(viewport) = window().visual_viewport() else { return };
    let seen = viewport.clone();
    let fit = move || {
        let Some(root) = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok()) else {
            return;
        };
        let whole = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        // A pinch zoom shows less of the page as well.
        let covered = seen.scale() < 1.01 && whole - seen.height() > KEYBOARD_PX;
        if covered {
            let left = [&(seen.height() as i32).to_string(), "px"].concat();
            _ = root.style().set_property("--screen", &left);
            window().scroll_to_with_x_and_y(0.0, 0.0);
        } else {
            _ = root.style().remove_property("--screen");
        }
    };
    // It lives as long as the page.
    let fit = Closure::<dyn Fn()>::new(fit).into_js_value();
    _ = viewport.add_event_listener_with_callback("resize", fit.unchecked_ref());
}
