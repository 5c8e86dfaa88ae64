//! Events of the window.

use leptos::{
    ev::Event,
    prelude::window,
    wasm_bindgen::{JsCast as _, closure::Closure},
};

/// Calls `act` at each event of this name for the life of the page.
pub(crate) fn on_window_event(name: &str, act: impl Fn(Event) + 'static) {
    listen(name, Box::new(act));
}

fn listen(name: &str, act: Box<dyn Fn(Event)>) {
    let listener = Closure::wrap(act).into_js_value();
    _ = window().add_event_listener_with_callback(name, listener.unchecked_ref());
}
