//! The page without a network: a worker keeps the last copy of every room (`public/sw.js`), and this has it installed.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::ServiceWorkerRegistration;

use crate::browser::{events, js, storage};

/// Where the worker is: above everything that it answers for.
const WORKER: &str = "/sw.js";

/// The page itself comes first: what it needs to be alive, and what its images and its socket have to fetch.
const PAUSE: Duration = Duration::from_secs(2);

/// Where the worker keeps its copies of pages.
const PAGES: &str = "pages-1";

/// Drops every copy.
pub(crate) fn delete_copies() {
    let copies = js::property(&window(), "caches");
    if copies.is_object() {
        js::ignore_result(js::call(&copies, "delete", &[PAGES.into()]));
    }
}

/// Has the worker installed, once the page has come to rest, and the page kept whenever it is left.
pub(crate) fn prepare() {
    set_timeout(|| spawn_local(install()), PAUSE);
}

async fn install() {
    let workers = window().navigator().service_worker();
    // There are none on a page that came without HTTPS from another machine, and in some private windows.
    if AsRef::<JsValue>::as_ref(&workers).is_undefined() {
        return;
    }
    let seen = workers.controller().is_some();
    // Where it cannot be had, the page does without.
    if JsFuture::from(workers.register(WORKER)).await.is_err() {
        return;
    }
    let Ok(ready) = workers.ready() else { return };
    let Ok(registration) = JsFuture::from(ready).await else { return };
    let registration: ServiceWorkerRegistration = registration.unchecked_into();
    // It has seen this page come, if it was there.
    if !seen {
        keep(&registration);
    }
    events::on_page_hide(move || {
        if !events::is_visible() {
            keep(&registration);
        }
    });
}

/// Tells the worker to keep a copy of the page, as the server has it now.
fn keep(registration: &ServiceWorkerRegistration) {
    if let Some(worker) = registration.active().filter(|_| !storage::has_signed_out()) {
        // It knows who asks, and there is nothing else to say.
        _ = worker.post_message(&JsValue::NULL);
    }
}
