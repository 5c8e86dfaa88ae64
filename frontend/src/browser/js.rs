//! Access to properties and methods that some browsers lack.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Returns a property, or `undefined` if the browser lacks it.
pub(crate) fn property(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or_default()
}

/// Calls a method. Returns `None` if the browser lacks it or the call fails.
pub(crate) fn call(on: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let method: Function = property(on, name).dyn_into().ok()?;
    method.apply(on, &arguments.iter().collect()).ok()
}

/// Ignores the result of a promise, so that its rejection is not reported as unhandled.
pub(crate) fn ignore_result(promise: Option<JsValue>) {
    if let Some(promise) = promise.and_then(|promise| promise.dyn_into::<Promise>().ok()) {
        spawn_local(async move { _ = JsFuture::from(promise).await });
    }
}
