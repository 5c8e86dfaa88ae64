//! The one place that knows notifications of the system. Not every browser has them, and some let a service worker alone
//! show them.

use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::browser::js::{call, property};

/// Whether the page may show them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permission {
    Granted,
    Denied,
    /// The visitor was not asked yet.
    Open,
    /// The browser has none.
    Unable,
}

/// Whether the page may show them now.
pub(crate) fn permission() -> Permission {
    permission_of(&property(&property(&window(), "Notification"), "permission"))
}

/// Asks the visitor, at once.
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

/// Shows one in the place of the last one with this tag. Where a service worker shows it, a click is the worker's, and
/// `url` (the notification's `data`) is where it leads; otherwise a click brings the page to the front and is `clicked`.
pub(crate) fn show(title: &str, body: &str, tag: &str, url: &str, clicked: impl Fn() + 'static) {
    let options = Object::new();
    for (name, value) in [("body", body), ("tag", tag), ("data", url)] {
        _ = Reflect::set(&options, &name.into(), &value.into());
    }
    // Or only the first of them would be heard.
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
    let Ok(shown) = Reflect::construct(&constructor, &arguments.iter().collect()) else { return };
    let closes = shown.clone();
    let click = Closure::once_into_js(move || {
        _ = window().focus();
        call(&closes, "close", &[]);
        clicked();
    });
    _ = Reflect::set(&shown, &"onclick".into(), &click);
}
