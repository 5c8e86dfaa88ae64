//! Conversions by Unicode's tables, which are large: the browser has them, so that the program need not.

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

/// Returns the compatible parts (NFKD) of a character in lower case.
#[cfg(feature = "hydrate")]
pub(crate) fn lower_parts(letter: char) -> String {
    js_sys::JsString::from(String::from(letter)).normalize("NFKD").to_lower_case().into()
}

/// Returns a character in lower case. The server finds no rooms, so it needs no parts.
#[cfg(not(feature = "hydrate"))]
pub(crate) fn lower_parts(letter: char) -> String {
    letter.to_lowercase().collect()
}
