//! Case conversion by Unicode's table, which is large: the browser has one, so that the program need not.

/// Returns a text in upper case, whatever its language.
#[cfg(feature = "hydrate")]
pub(crate) fn upper_case(text: &str) -> String {
    js_sys::JsString::from(text).to_upper_case().into()
}

/// Returns a text in upper case, whatever its language.
#[cfg(not(feature = "hydrate"))]
pub(crate) fn upper_case(text: &str) -> String {
    text.to_uppercase()
}
