//! Access to properties and methods that not every browser has.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// A property that not every browser has; undefined where it is missing.
pub(crate) fn property(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or_default()
}

/// Calls a method that not every browser has.
pub(crate) fn call(on: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let method: Function = property(on, name).dyn_into().ok()?;
    method.apply(on, &arguments.iter().collect()).ok()
}

/// Lets a promise end as it likes.
pub(crate) fn ignore_result(promise: Option<JsValue>) {
    if let Some(promise) = promise.and_then(|promise| promise.dyn_into::<Promise>().ok()) {
        spawn_local(async move { _ = JsFuture::from(promise).await });
    }
}
