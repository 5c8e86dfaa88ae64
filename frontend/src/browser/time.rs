//! The clock and timers of the browser.

use std::time::Duration;

use js_sys::Promise;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Returns the time on the visitor's clock, in milliseconds since 1970.
pub(crate) fn now() -> u64 {
    js_sys::Date::now() as u64
}

/// Waits for `duration`.
pub(crate) async fn sleep(duration: Duration) {
    let elapsed = Promise::new(&mut |done, _| {
        set_timeout(move || _ = done.call0(&JsValue::UNDEFINED), duration);
    });
    _ = JsFuture::from(elapsed).await;
}
