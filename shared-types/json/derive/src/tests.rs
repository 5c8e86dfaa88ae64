//! What the macro refuses: a form that serde and light-json could read differently must not compile.

#![allow(clippy::unwrap_used, reason = "a failed test panics")]

use syn::{DeriveInput, parse_quote};

use crate::{expand, names::Rule};

fn error(input: &DeriveInput) -> String {
    expand(input).unwrap_err().to_string()
}

#[test]
fn names_follow_the_rules_of_serde() {
    assert_eq!(Rule::Camel.of_field("retry_after_ms"), "retryAfterMs");
    assert_eq!(Rule::Camel.of_field("seq"), "seq");
    assert_eq!(Rule::Camel.of_variant("CatchUp"), "catchUp");
    assert_eq!(Rule::Lower.of_variant("OpenId"), "openid");
    assert_eq!(Rule::Lower.of_field("read_only"), "read_only");
}

#[test]
fn an_unknown_attribute_does_not_compile() {
    for input in [
        parse_quote! { #[serde(deny_unknown_fields)] struct Point { x: u32 } },
        parse_quote! { struct Point { #[serde(alias = "z")] x: u32 } },
        parse_quote! { struct Point { #[serde(default = "one")] x: u32 } },
        parse_quote! { struct Point { #[serde(skip)] x: u32 } },
        parse_quote! { #[serde(try_from = "u64")] struct Half(u32); },
    ] {
        assert!(error(&input).contains("does not know this attribute"), "{}", error(&input));
    }
    let rule = parse_quote! { #[serde(rename_all = "kebab-case")] struct Point { x: u32 } };
    assert!(error(&rule).contains("camelCase and lowercase only"));
}

#[test]
fn an_unknown_shape_does_not_compile() {
    for input in [
        parse_quote! { struct Pair(u32, u32); },
        parse_quote! { struct Nothing; },
        parse_quote! { struct Generic<T> { x: T } },
        parse_quote! { enum Mixed { A, B(u32) } },
        parse_quote! { enum Mixed { A { x: u32 } } },
        parse_quote! { union Bits { x: u32 } },
    ] {
        assert!(error(&input).starts_with("light-json"), "{}", error(&input));
    }
}

#[test]
fn only_variants_of_an_enum_with_a_tag_are_late() {
    assert!(error(&parse_quote! { enum Sign { #[json(late)] Plus } }).contains("with a tag only"));
    assert!(error(&parse_quote! { #[serde(tag = "t")] enum Sign { #[json(soon)] Plus } }).contains("it knows"));
    assert!(expand(&parse_quote! { #[serde(tag = "t")] enum Sign { #[json(late)] Plus, Minus } }).is_ok());
}

#[test]
fn a_variant_for_other_names_has_no_fields_and_no_late_siblings() {
    for input in [
        parse_quote! { #[serde(tag = "t")] enum Sign { Plus, #[serde(other)] Other { x: u32 } } },
        parse_quote! { #[serde(tag = "t")] enum Sign { #[json(late)] Plus, #[serde(other)] Other } },
    ] {
        assert!(error(&input).contains("without fields"), "{}", error(&input));
    }
    assert!(expand(&parse_quote! { enum Sign { Plus, #[serde(other)] Other } }).is_ok());
}

#[test]
fn an_option_needs_a_default() {
    // serde reads a missing Option as `None` with and without `default`, except from an array.
    let input = parse_quote! { struct Point { x: Option<u32> } };
    assert!(error(&input).contains("default"));
    assert!(expand(&parse_quote! { struct Point { #[serde(default)] x: Option<u32> } }).is_ok());
}

#[test]
fn a_reading_function_needs_a_twin() {
    let input = parse_quote! { struct Point { #[serde(deserialize_with = "read_x")] x: u32 } };
    assert!(error(&input).contains("module::deserialize"));
}
