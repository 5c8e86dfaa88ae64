//! The attributes of serde that light-json knows, and its own one.

use syn::{Attribute, Error, ExprPath, Ident, LitStr, Result, meta::ParseNestedMeta};

use crate::names::Rule;

/// Attributes of a struct or an enum.
#[derive(Default)]
pub(crate) struct TypeAttributes {
    pub(crate) tag: Option<String>,
    pub(crate) rename_all: Option<Rule>,
    pub(crate) rename_all_fields: Option<Rule>,
}

impl TypeAttributes {
    pub(crate) fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut found = Self::default();
        for_each(attributes, |meta| {
            if meta.path.is_ident("tag") {
                found.tag = Some(text(meta)?.value());
            } else if meta.path.is_ident("rename_all") {
                found.rename_all = Some(Rule::parse(&text(meta)?)?);
            } else if meta.path.is_ident("rename_all_fields") {
                found.rename_all_fields = Some(Rule::parse(&text(meta)?)?);
            } else {
                return Err(unknown(meta));
            }
            Ok(())
        })?;
        Ok(found)
    }
}

/// Attributes of a variant.
#[derive(Default)]
pub(crate) struct VariantAttributes {
    pub(crate) rename: Option<String>,
    /// Whether the variant has `#[json(late)]`.
    pub(crate) late: bool,
    /// Whether the variant has `#[serde(other)]`.
    pub(crate) other: bool,
}

impl VariantAttributes {
    pub(crate) fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut found = Self::default();
        for_each(attributes, |meta| {
            if meta.path.is_ident("rename") {
                found.rename = Some(text(meta)?.value());
            } else if meta.path.is_ident("other") {
                found.other = true;
            } else {
                return Err(unknown(meta));
            }
            Ok(())
        })?;
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("json")) {
            let meaning: Ident = attribute.parse_args()?;
            if meaning != "late" {
                return Err(Error::new(
                    meaning.span(),
                    "light-json does not know this attribute; it knows #[json(late)]",
                ));
            }
            found.late = true;
        }
        Ok(found)
    }
}

/// Attributes of a field.
#[derive(Default)]
pub(crate) struct FieldAttributes {
    pub(crate) rename: Option<String>,
    pub(crate) default: bool,
    pub(crate) flatten: bool,
    pub(crate) skip_serializing_if: Option<ExprPath>,
    pub(crate) deserialize_with: Option<LitStr>,
}

impl FieldAttributes {
    pub(crate) fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut found = Self::default();
        for_each(attributes, |meta| {
            if meta.path.is_ident("rename") {
                found.rename = Some(text(meta)?.value());
            } else if meta.path.is_ident("default") && !meta.input.peek(syn::Token![=]) {
                found.default = true;
            } else if meta.path.is_ident("flatten") {
                found.flatten = true;
            } else if meta.path.is_ident("skip_serializing_if") {
                found.skip_serializing_if = Some(text(meta)?.parse()?);
            } else if meta.path.is_ident("deserialize_with") {
                found.deserialize_with = Some(text(meta)?);
            } else {
                return Err(unknown(meta));
            }
            Ok(())
        })?;
        Ok(found)
    }
}

/// Visits what is in `#[serde(…)]`.
fn for_each(attributes: &[Attribute], mut visit: impl FnMut(&ParseNestedMeta<'_>) -> Result<()>) -> Result<()> {
    let serde = attributes.iter().filter(|attribute| attribute.path().is_ident("serde"));
    serde.into_iter().try_for_each(|attribute| attribute.parse_nested_meta(|meta| visit(&meta)))
}

fn text(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    meta.value()?.parse()
}

fn unknown(meta: &ParseNestedMeta<'_>) -> syn::Error {
    meta.error("light-json does not know this attribute of serde; add it to light-json-derive, or do without")
}
