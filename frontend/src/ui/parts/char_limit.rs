//! The maximum length of a field, in the unit of the server.

use leptos::{ev, prelude::*};
use page_view::Element;
use web_sys::js_sys::Reflect;

/// Limits a field to so many characters (Unicode scalar values). A browser counts UTF-16 code units, so each character with two of them
/// adds one to `maxlength`, before it is inserted. `value` is what the field starts with.
pub(crate) fn char_limit(field: Element, limit: usize, value: &str) -> Element {
    field.with("maxlength", max_length(limit, &[value])).on(ev::beforeinput, move |event| {
        let inserted = Reflect::get(&event, &"data".into()).ok().and_then(|data| data.as_string()).unwrap_or_default();
        let length = max_length(limit, &[&event_target_value(&event), &inserted]);
        _ = event_target::<web_sys::Element>(&event).set_attribute("maxlength", &length);
    })
}

/// Returns the limit in UTF-16 code units for a text that consists of these parts.
fn max_length(limit: usize, parts: &[&str]) -> String {
    let long = parts.iter().flat_map(|part| part.chars()).filter(|char| char.len_utf16() > 1).count();
    (limit + long).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_of_two_code_units_counts_once() {
        assert_eq!(max_length(250, &["", ""]), "250");
        assert_eq!(max_length(250, &["é猫", "a"]), "250");
        assert_eq!(max_length(250, &["😀a", "😀😀"]), "253");
    }
}
