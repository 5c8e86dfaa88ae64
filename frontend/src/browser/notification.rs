//! System notifications. Some browsers lack them, and some let only a service worker show them.

use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::browser::js::{call, property};

/// Whether the page may show notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permission {
    Granted,
    Denied,
    /// The visitor was not asked yet.
    Open,
    /// The browser has no notifications.
    Unable,
}

/// Returns the current permission.
pub(crate) fn permission() -> Permission {
    permission_of(&property(&property(&window(), "Notification"), "permission"))
}

/// Asks the visitor for permission. The request starts before the future is polled, as browsers require it in a click
/// handler.
pub(crate) fn ask() -> impl Future<Output = Permission> + 'static {
    let answer = call(&property(&window(), "Notification"), "requestPermission", &[]);
    async move {
        match answer.and_then(|answer| answer.dyn_into::<Promise>().ok()) {
            Some(answer) => JsFuture::from(answer).await.map_or(Permission::Denied, |answer| permission_of(&answer)),
            None => permission(),
        }
    }
}

fn permission_of(value: &JsValue) -> Permission {
    match value.as_string().as_deref() {
        Some("granted") => Permission::Granted,
        Some("denied") => Permission::Denied,
        Some(_) => Permission::Open,
        None => Permission::Unable,
    }
}

/// Shows a notification. It replaces the last one with the same tag. If a service worker shows it, the worker handles
/// the click and opens `url` (the notification's `data`). Otherwise a click focuses the page and calls `on_click`.
pub(crate) fn show(title: &str, body: &str, tag: &str, url: &str, on_click: impl Fn() + 'static) {
    let options = Object::new();
    for (name, value) in [("body", body), ("tag", tag), ("data", url)] {
        _ = Reflect::set(&options, &name.into(), &value.into());
    }
    // Without this, only the first notification of a tag alerts the visitor.
    _ = Reflect::set(&options, &"renotify".into(), &true.into());
    let arguments = [title.into(), options.into()];
    let workers = property(&window().navigator(), "serviceWorker");
    if property(&workers, "controller").is_truthy() {
        spawn_local(async move {
            if let Ok(ready) = property(&workers, "ready").dyn_into::<Promise>()
                && let Ok(worker) = JsFuture::from(ready).await
            {
                crate::browser::js::ignore_result(call(&worker, "showNotification", &arguments));
            }
        });
        return;
    }
    let Ok(constructor) = property(&window(), "Notification").dyn_into::<Function>() else { return };
    let Ok(notification) = Reflect::construct(&constructor, &arguments.iter().collect()) else { return };
    let clicked = notification.clone();
    let click = Closure::once_into_js(move || {
        _ = window().focus();
        call(&clicked, "close", &[]);
        on_click();
    });
    _ = Reflect::set(&notification, &"onclick".into(), &click);
}
