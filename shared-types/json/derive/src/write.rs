//! Generates `ToJson` and `ToEntries`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Content, Field, Model, Shape, Variant};

pub(crate) fn expand(Model { ident, shape }: &Model) -> TokenStream {
    let to_json = |body: TokenStream| {
        quote! {
            #[automatically_derived]
            impl ::light_json::ToJson for #ident {
                fn to_json(&self, out: &mut ::light_json::Writer) {
                    #body
                }
            }
        }
    };
    let to_entries = |body: TokenStream| {
        quote! {
            #[automatically_derived]
            impl ::light_json::ToEntries for #ident {
                fn to_entries(&self, out: &mut ::light_json::Writer) {
                    #body
                }
            }
        }
    };
    let object = |body: TokenStream| {
        let (entries, json) = (to_entries(body), to_json(quote! { out.object(self); }));
        quote! { #entries #json }
    };
    match shape {
        Shape::Newtype(_) => to_json(quote! { ::light_json::ToJson::to_json(&self.0, out); }),
        Shape::Struct(fields) => {
            let (idents, entries) = (idents(fields), entries(fields));
            object(quote! { let Self { #(#idents),* } = self; #(#entries)* })
        }
        Shape::Names(variants) => {
            let arms = variants.iter().map(|Variant { ident, name, .. }| quote! { Self::#ident => #name, });
            to_json(quote! { out.text(match self { #(#arms)* }); })
        }
        Shape::Tagged { tag, variants } if variants.iter().any(|variant| variant.late) => {
            let arms = variants.iter().filter(|variant| variant.late).map(|variant| tagged_arm(tag, variant));
            object(quote! {
                if !::light_json::LateVariants::early_to_entries(self, out) {
                    match self { #(#arms)* _ => {} }
                }
            })
        }
        Shape::Tagged { tag, variants } => {
            let arms = variants.iter().map(|variant| tagged_arm(tag, variant));
            object(quote! { match self { #(#arms)* } })
        }
        Shape::Entry(variants) => {
            let arms = variants
                .iter()
                .map(|Variant { ident, name, .. }| quote! { Self::#ident(value) => out.entry(#name, value), });
            to_entries(quote! { match self { #(#arms)* } })
        }
    }
}

/// Generates the function that writes the variants that are not late.
pub(crate) fn early_to_entries(tag: &str, variants: &[Variant]) -> TokenStream {
    let arms = variants.iter().filter(|variant| !variant.late).map(|variant| tagged_arm(tag, variant));
    quote! {
        fn early_to_entries(&self, out: &mut ::light_json::Writer) -> bool {
            match self { #(#arms)* _ => return false }
            true
        }
    }
}

fn tagged_arm(tag: &str, Variant { ident, name, content, .. }: &Variant) -> TokenStream {
    let tag = quote! { out.tag(#tag, #name); };
    match content {
        Content::Nothing => quote! { Self::#ident => { #tag } },
        Content::Newtype(_) => {
            quote! { Self::#ident(value) => { #tag ::light_json::ToEntries::to_entries(value, out); } }
        }
        Content::Fields(fields) => {
            let (idents, entries) = (idents(fields), entries(fields));
            quote! { Self::#ident { #(#idents),* } => { #tag #(#entries)* } }
        }
    }
}

fn idents(fields: &[Field]) -> impl Iterator<Item = &proc_macro2::Ident> {
    fields.iter().map(|field| &field.ident)
}

/// Generates the statements that write fields, which are references in variables of their names.
fn entries(fields: &[Field]) -> impl Iterator<Item = TokenStream> {
    fields.iter().map(|Field { ident, name, flatten, skip_if, .. }| {
        let entry = match flatten {
            true => quote! { ::light_json::ToEntries::to_entries(#ident, out); },
            false => quote! { out.entry(#name, #ident); },
        };
        match skip_if {
            Some(skip) => quote! { if !#skip(#ident) { #entry } },
            None => entry,
        }
    })
}
