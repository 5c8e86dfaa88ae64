//! Entry points for the fuzz targets in `fuzz/`.

use crate::cookies::{percent_decoded, value};

/// Returns the value of a cookie, and its percent-decoded form.
pub fn cookie_of(header: &str, name: &str) -> Option<(String, Option<String>)> {
    value(header, name).map(|value| (value.to_owned(), percent_decoded(value)))
}
