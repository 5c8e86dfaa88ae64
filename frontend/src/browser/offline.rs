//! Offline support: installs the service worker (`public/sw.js`), which stores a copy of every visited room. It is loaded on demand, except for
//! [`delete_copies`].

use std::{cell::RefCell, time::Duration};

use js_sys::{Object, Promise, Reflect};
use leptos::prelude::*;
use shared_types::RoomName;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ServiceWorkerContainer, ServiceWorkerRegistration};

use crate::{
    browser::{events, js, location, storage},
    start,
};

/// Path of the worker. It is in the root, because a worker controls only the paths below its own.
const WORKER: &str = "/sw.js";

/// Delay before the worker is installed, so that what the visitor asks for first loads before.
const INSTALL_DELAY: Duration = Duration::from_secs(1);

/// Name of the cache in which the worker stores copies of pages.
const PAGE_CACHE: &str = "pages-1";

thread_local! {
    /// The installed worker.
    static INSTALLED: RefCell<Option<ServiceWorkerRegistration>> = const { RefCell::new(None) };
}

/// Deletes all copies of pages.
pub(crate) fn delete_copies() {
    let caches = js::property(&window(), "caches");
    if caches.is_object() {
        js::ignore_result(js::call(&caches, "delete", &[PAGE_CACHE.into()]));
    }
}

/// Installs the worker after a delay. The worker then stores a copy of the page whenever it is left. A page without a server's HTML
/// (`trunk serve`) has none.
pub(crate) fn prepare() {
    if document().get_element_by_id(start::STATE_ID).is_none() {
        return;
    }
    set_timeout(|| spawn_local(install()), INSTALL_DELAY);
}

async fn install() {
    // Pages loaded without HTTPS from another machine have no workers, nor have some private windows. Other browsers
    // throw an error where a page asks for them.
    let workers = js::property(&window().navigator(), "serviceWorker");
    let Ok(workers) = workers.dyn_into::<ServiceWorkerContainer>() else { return };
    let was_controlled = workers.controller().is_some();
    let registration = js::call(&workers, "register", &[WORKER.into()]);
    let Some(Ok(registration)) = registration.map(JsCast::dyn_into::<Promise>) else { return };
    if JsFuture::from(registration).await.is_err() {
        return;
    }
    let Ok(ready) = workers.ready() else { return };
    let Ok(registration) = JsFuture::from(ready).await else { return };
    let registration: ServiceWorkerRegistration = registration.unchecked_into();
    INSTALLED.set(Some(registration.clone()));
    // A worker that controlled the page while it loaded has stored it already.
    if !was_controlled {
        store_copy(&registration);
    }
    events::on_page_hide(move || {
        if !events::is_visible() {
            store_copy(&registration);
        }
    });
}

/// Tells the worker to fetch the page of a room and to store it, if there is a worker.
pub(crate) fn store_copy_of(room: &RoomName) {
    if let Some(registration) = INSTALLED.with_borrow(Clone::clone) {
        send(&registration, &room.path().into());
    }
}

/// Tells the worker to fetch the page again and to store it.
fn store_copy(registration: &ServiceWorkerRegistration) {
    // Workers know a page by the address from which it was loaded; it may show another room since.
    send(registration, &location::room_of_path().path().into());
}

/// Tells the worker to add a newer state, as JSON, to the copy of a room's page. Returns whether there is a worker. It is
/// loaded on demand.
pub(crate) fn store_newer_state(path: &str, state: &str) -> bool {
    let Some(registration) = INSTALLED.with_borrow(Clone::clone) else { return false };
    let message = Object::new();
    for (name, value) in [("path", path), ("state", state)] {
        _ = Reflect::set(&message, &name.into(), &value.into());
    }
    send(&registration, &message);
    true
}

fn send(registration: &ServiceWorkerRegistration, message: &JsValue) {
    if let Some(worker) = registration.active().filter(|_| !storage::has_signed_out()) {
        _ = worker.post_message(message);
    }
}
