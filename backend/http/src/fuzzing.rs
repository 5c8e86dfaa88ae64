//! What the fuzzer may reach of the routes, though nobody else may: see `fuzz/`.

use crate::cookies::{percent_decoded, value};

/// The value of a cookie, and what it says where it is percent-encoded.
pub fn cookie_of(header: &str, name: &str) -> Option<(String, Option<String>)> {
    value(header, name).map(|value| (value.to_owned(), percent_decoded(value)))
}
