//! Tests of ids and names of people.

use serde_json::json;

use super::*;

#[test]
fn an_id_depends_on_provider_and_subject() {
    let id = person_id(ISSUER, "ann");
    assert_eq!(id, person_id(ISSUER, "ann"));
    assert_eq!(id.as_str().len(), 16);
    assert!(!id.as_str().contains("ann"));
    for (issuer, sub) in [(ISSUER, "anne"), ("https://id.example2", "ann"), ("https://id.examplea", "nn")] {
        assert_ne!(id, person_id(issuer, sub), "{issuer} {sub}");
    }
}

#[test]
fn a_name_has_no_invisible_characters() {
    let long = "n".repeat(100);
    for (claim, expected) in [
        (json!("Ann Oakley"), Some("Ann Oakley")),
        (json!(" Ann\t\n Oakley "), Some("Ann Oakley")),
        (json!("An\u{200b}n\u{202e}\u{0}"), Some("Ann")),
        (json!("杏奈"), Some("杏奈")),
        (json!(long), Some(&long[..64])),
        (json!("<b>Ann</b>"), Some("<b>Ann</b>")),
        (json!("\u{200b}"), None),
        (json!(""), None),
        (json!(7), None),
        (json!(["Ann"]), None),
    ] {
        let claims = json!({ "name": claim });
        let found = name(claims.as_object().unwrap(), "name");
        assert_eq!(found.as_ref().map(PersonName::as_str), expected, "{claims}");
    }
}
