//! Generates `FromJson` and `FromEntries`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::{
    model::{Content, Field, Model, Shape, Variant},
    write::early_to_entries,
};

pub(crate) fn expand(Model { ident, shape }: &Model) -> TokenStream {
    let from_json = |body: TokenStream| {
        quote! {
            #[automatically_derived]
            impl ::light_json::FromJson for #ident {
                fn from_json(value: &::light_json::Value<'_>) -> ::core::result::Result<Self, ::light_json::JsonError> {
                    #body
                }
            }
        }
    };
    let from_entries = |body: TokenStream| {
        quote! {
            #[automatically_derived]
            impl ::light_json::FromEntries for #ident {
                fn from_entries(
                    entries: ::light_json::Entries<'_>,
                ) -> ::core::result::Result<Self, ::light_json::JsonError> {
                    #body
                }
            }
        }
    };
    let object = |body: TokenStream| {
        let entries = from_entries(body);
        let json = from_json(quote! { ::light_json::FromEntries::from_entries(::light_json::Entries::of(value)?) });
        quote! { #entries #json }
    };
    match shape {
        Shape::Newtype(ty) => from_json(quote! { <#ty as ::light_json::FromJson>::from_json(value).map(Self) }),
        Shape::Struct(fields) => object(struct_fields(&quote! { Self }, fields)),
        Shape::Names(variants) => {
            let arms = variants.iter().map(|Variant { ident, name, .. }| quote! { #name => Ok(Self::#ident), });
            let unknown = variants.iter().find(|variant| variant.other);
            let unknown = unknown.map_or_else(no_variant, |Variant { ident, .. }| quote! { Ok(Self::#ident) });
            from_json(quote! { match value.variant_name()? { #(#arms)* _ => #unknown } })
        }
        Shape::Tagged { tag, variants } if variants.iter().any(|variant| variant.late) => {
            let split = late_variants(ident, tag, variants);
            let object = object(quote! {
                let (variant, entries) = entries.split_tag(#tag)?;
                <Self as ::light_json::LateVariants>::early_from_entries(variant, entries.clone())
                    .or_else(|_| <Self as ::light_json::LateVariants>::late_from_entries(variant, entries))
            });
            quote! { #split #object }
        }
        Shape::Tagged { tag, variants } => {
            let arms = variants.iter().map(tagged_arm);
            let unknown = variants.iter().find(|variant| variant.other).map_or_else(no_variant, tagged_content);
            object(quote! {
                let (variant, entries) = entries.split_tag(#tag)?;
                match variant { #(#arms)* _ => #unknown }
            })
        }
        Shape::Entry(variants) => {
            let names = variants.iter().map(|variant| &variant.name);
            let arms = variants.iter().map(|Variant { ident, name, .. }| {
                quote! { #name => ::light_json::FromJson::from_json(value).map(Self::#ident), }
            });
            from_entries(quote! {
                let (name, value) = entries.first_of(&[#(#names),*])?;
                match name { #(#arms)* _ => Err(::light_json::JsonError) }
            })
        }
    }
}

/// Generates `LateVariants`.
fn late_variants(ident: &Ident, tag: &str, variants: &[Variant]) -> TokenStream {
    let reading = |name: TokenStream, late: bool| {
        let arms = variants.iter().filter(|variant| variant.late == late).map(tagged_arm);
        quote! {
            fn #name(
                variant: &str,
                entries: ::light_json::Entries<'_>,
            ) -> ::core::result::Result<Self, ::light_json::JsonError> {
                match variant { #(#arms)* _ => Err(::light_json::JsonError) }
            }
        }
    };
    let write = early_to_entries(tag, variants);
    let (early, late) = (reading(quote! { early_from_entries }, false), reading(quote! { late_from_entries }, true));
    quote! {
        #[automatically_derived]
        impl ::light_json::LateVariants for #ident {
            const TAG: &'static str = #tag;
            #early
            #late
            #write
        }
    }
}

/// Generates the result of a name that no variant has.
fn no_variant() -> TokenStream {
    quote! { Err(::light_json::JsonError) }
}

fn tagged_arm(variant: &Variant) -> TokenStream {
    let (name, read) = (&variant.name, tagged_content(variant));
    quote! { #name => { #read } }
}

/// Generates the expression that reads a variant from `entries`, without its tag.
fn tagged_content(Variant { ident, content, .. }: &Variant) -> TokenStream {
    match content {
        Content::Nothing => quote! { ::light_json::Fields::of(entries, &[]).map(|_| Self::#ident) },
        Content::Newtype(_) => quote! { ::light_json::FromEntries::from_entries(entries).map(Self::#ident) },
        Content::Fields(fields) => struct_fields(&quote! { Self::#ident }, fields),
    }
}

/// Generates the expression that reads a struct or a variant from `entries`.
fn struct_fields(constructor: &TokenStream, all: &[Field]) -> TokenStream {
    let named: Vec<&Field> = all.iter().filter(|field| !field.flatten).collect();
    let names = named.iter().map(|field| &field.name);
    let values = named.iter().enumerate().map(|(number, Field { ident, default, from_json, .. })| {
        let value = match (from_json, default) {
            (None, false) => quote! { fields.required(#number)? },
            (None, true) => quote! { fields.or_default(#number)? },
            (Some(read), false) => quote! { #read(fields.get(#number).ok_or(::light_json::JsonError)?)? },
            (Some(read), true) => quote! { fields.get(#number).map_or_else(|| Ok(Default::default()), #read)? },
        };
        quote! { #ident: #value, }
    });
    let values = quote! { #(#values)* };
    let flattened: Vec<_> = all.iter().filter(|field| field.flatten).map(|field| &field.ident).collect();
    match flattened.as_slice() {
        [] => quote! {
            let fields = ::light_json::Fields::of(entries, &[#(#names),*])?;
            Ok(#constructor { #values })
        },
        flattened => quote! {
            let fields = ::light_json::Fields::with_others(entries, &[#(#names),*])?;
            Ok(#constructor { #values #(#flattened: ::light_json::FromEntries::from_entries(fields.into_others())?,)* })
        },
    }
}
