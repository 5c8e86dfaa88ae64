//! The clock and timers of the browser.

use std::time::Duration;

use leptos::prelude::*;

/// Returns the time on the visitor's clock, in milliseconds since 1970.
pub(crate) fn now() -> u64 {
    js_sys::Date::now() as u64
}

/// Waits for `duration`.
pub(crate) async fn sleep(duration: Duration) {
    let (done, elapsed) = futures::channel::oneshot::channel();
    set_timeout(move || _ = done.send(()), duration);
    _ = elapsed.await;
}
