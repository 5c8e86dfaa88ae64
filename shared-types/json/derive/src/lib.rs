//! `#[derive(Json)]`: the traits of light-json for a wire type.
//!
//! The macro reads the attributes of serde (`#[serde(…)]`), so that serde and light-json cannot disagree about a name, a
//! default or what is left out. An attribute that it does not know is a compile error.
//!
//! One attribute has a convention. `deserialize_with = "module::deserialize"` names serde's function; light-json calls
//! `module::from_json` with a `&Value`.
//!
//! `#[serde(other)]` marks the variant that stands for every unknown name, so that an older page reads what a newer server writes.
//!
//! `#[json(late)]` marks variants of an enum with a tag that a function of their own reads (`LateVariants`).

mod attributes;
mod describe;
mod model;
mod names;
mod read;
#[cfg(test)]
mod tests;
mod write;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, parse_macro_input};

use crate::model::Model;

/// Implements `FromJson`, `ToJson` and `Describe`, and for objects `FromEntries` and `ToEntries`, from serde's attributes.
#[proc_macro_derive(Json, attributes(serde, json))]
pub fn derive_json(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand(&parse_macro_input!(input as DeriveInput)).unwrap_or_else(syn::Error::into_compile_error).into()
}

fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let model = Model::of(input)?;
    let (read, write, describe) = (read::expand(&model), write::expand(&model), describe::expand(&model));
    Ok(quote! { #read #write #describe })
}
