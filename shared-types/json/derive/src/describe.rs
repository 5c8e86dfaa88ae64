//! Generates `Describe`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Content, Field, Model, Shape, Variant};

pub(crate) fn expand(Model { ident, shape }: &Model) -> TokenStream {
    let type_name = ident.to_string();
    let schema = match shape {
        Shape::Newtype(_) => quote! { ::light_json::Schema::Scalar(#type_name) },
        Shape::Struct(all) => {
            let all = fields(all);
            quote! { ::light_json::Schema::Struct { name: #type_name, fields: vec![#(#all),*] } }
        }
        Shape::Names(all) | Shape::Entry(all) => enumeration(&type_name, &quote! { None }, written(all).map(untagged)),
        Shape::Tagged { tag, variants } => {
            enumeration(&type_name, &quote! { Some(#tag) }, written(variants).map(tagged))
        }
    };
    quote! {
        #[automatically_derived]
        impl ::light_json::Describe for #ident {
            fn schema() -> ::light_json::Schema {
                #schema
            }
        }
    }
}

/// Returns the variants that a version writes on purpose: all but the one for names that it does not know.
fn written(variants: &[Variant]) -> impl Iterator<Item = &Variant> {
    variants.iter().filter(|variant| !variant.other)
}

fn enumeration(name: &str, tag: &TokenStream, variants: impl Iterator<Item = TokenStream>) -> TokenStream {
    quote! { ::light_json::Schema::Enum { name: #name, tag: #tag, variants: vec![#(#variants),*] } }
}

fn variant(name: &str, fields: impl Iterator<Item = TokenStream>) -> TokenStream {
    quote! { ::light_json::Variant { name: #name, fields: vec![#(#fields),*] } }
}

/// A variant of an enum without a tag: its value is an entry with the variant's name.
fn untagged(Variant { name, content, .. }: &Variant) -> TokenStream {
    match content {
        Content::Newtype(ty) => variant(name, std::iter::once(field(&quote! { Some(#name) }, false, ty))),
        Content::Nothing => variant(name, std::iter::empty()),
        Content::Fields(all) => variant(name, fields(all)),
    }
}

/// A variant of an enum with a tag: its value is part of the object.
fn tagged(Variant { name, content, .. }: &Variant) -> TokenStream {
    match content {
        Content::Newtype(ty) => variant(name, std::iter::once(field(&quote! { None }, false, ty))),
        Content::Nothing => variant(name, std::iter::empty()),
        Content::Fields(all) => variant(name, fields(all)),
    }
}

fn fields(all: &[Field]) -> impl Iterator<Item = TokenStream> {
    all.iter().map(|Field { name, flatten, default, ty, .. }| {
        let name = if *flatten {
            quote! { None }
        } else {
            quote! { Some(#name) }
        };
        field(&name, *default, ty)
    })
}

fn field(name: &TokenStream, is_optional: bool, ty: &syn::Type) -> TokenStream {
    quote! {
        ::light_json::Field { name: #name, is_optional: #is_optional, schema: <#ty as ::light_json::Describe>::schema() }
    }
}
