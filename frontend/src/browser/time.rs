//! The clock and timers of the browser.

use std::time::Duration;

use leptos::prelude::*;

/// Now, in milliseconds since 1970 on the visitor's clock.
pub(crate) fn now() -> u64 {
    js_sys::Date::now() as u64
}

/// Waits.
pub(crate) async fn pause(length: Duration) {
    let (done, pause) = futures::channel::oneshot::channel();
    set_timeout(move || _ = done.send(()), length);
    _ = pause.await;
}
