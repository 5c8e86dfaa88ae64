//! What a declaration means: its JSON names and fields.

use proc_macro2::{Ident, Span};
use syn::{Data, DeriveInput, Error, ExprPath, Fields, Result, Type, spanned::Spanned};

use crate::{
    attributes::{FieldAttributes, TypeAttributes, VariantAttributes},
    names::Rule,
};

/// A declaration.
pub(crate) struct Model {
    pub(crate) ident: Ident,
    pub(crate) shape: Shape,
}

/// The JSON of a type.
pub(crate) enum Shape {
    /// A struct with one unnamed field has the JSON of the field.
    Newtype(Box<Type>),
    /// A struct is an object.
    Struct(Vec<Field>),
    /// An enum without fields is the name of a variant.
    Names(Vec<Variant>),
    /// An enum with a tag is an object.
    Tagged { tag: String, variants: Vec<Variant> },
    /// An enum of unnamed fields without a tag is an entry of an object, `"variant":value`. Only for flattened fields.
    Entry(Vec<Variant>),
}

pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    /// Whether a function of its own reads the variant.
    pub(crate) late: bool,
    /// Whether the variant stands for every name that no other variant has.
    pub(crate) other: bool,
    pub(crate) content: Content,
}

/// The content of a variant.
pub(crate) enum Content {
    Nothing,
    Newtype(Box<Type>),
    Fields(Vec<Field>),
}

/// A field with a name in Rust.
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) name: String,
    pub(crate) default: bool,
    pub(crate) flatten: bool,
    /// The field is left out if this function returns `true`.
    pub(crate) skip_if: Option<ExprPath>,
    /// The function that reads the field.
    pub(crate) from_json: Option<ExprPath>,
}

impl Model {
    pub(crate) fn of(input: &DeriveInput) -> Result<Self> {
        let attributes = TypeAttributes::of(&input.attrs)?;
        if !input.generics.params.is_empty() {
            return Err(Error::new(input.generics.span(), "light-json has no generic types"));
        }
        Ok(Self { ident: input.ident.clone(), shape: Shape::of(input, attributes)? })
    }
}

impl Shape {
    fn of(input: &DeriveInput, attributes: TypeAttributes) -> Result<Self> {
        let data = match &input.data {
            Data::Struct(data) => {
                return match content(&data.fields, attributes.rename_all)? {
                    Content::Newtype(ty) => Ok(Self::Newtype(ty)),
                    Content::Fields(fields) => Ok(Self::Struct(fields)),
                    Content::Nothing => Err(Error::new(input.ident.span(), "light-json has no empty structs")),
                };
            }
            Data::Enum(data) => data,
            Data::Union(_) => return Err(Error::new(input.ident.span(), "light-json has no unions")),
        };
        let variants = data.variants.iter().map(|variant| {
            let name = variant.ident.to_string();
            let VariantAttributes { rename, late, other } = VariantAttributes::of(&variant.attrs)?;
            if late && attributes.tag.is_none() {
                return Err(Error::new(
                    variant.ident.span(),
                    "light-json reads late variants of an enum with a tag only",
                ));
            }
            let name =
                rename.unwrap_or_else(|| attributes.rename_all.map_or(name.clone(), |rule| rule.of_variant(&name)));
            Ok(Variant {
                ident: variant.ident.clone(),
                name,
                late,
                other,
                content: content(&variant.fields, attributes.rename_all_fields)?,
            })
        });
        let variants = variants.collect::<Result<Vec<_>>>()?;
        if let Some(other) = variants.iter().find(|variant| variant.other) {
            let has_late = variants.iter().any(|variant| variant.late);
            if has_late || !matches!(other.content, Content::Nothing) {
                return Err(Error::new(
                    other.ident.span(),
                    "light-json has #[serde(other)] for a variant without fields, in an enum without late variants",
                ));
            }
        }
        let all = |test: fn(&Content) -> bool| variants.iter().all(|variant| test(&variant.content));
        match attributes.tag {
            Some(tag) => Ok(Self::Tagged { tag, variants }),
            None if all(|content| matches!(content, Content::Nothing)) => Ok(Self::Names(variants)),
            None if all(|content| matches!(content, Content::Newtype(_))) => Ok(Self::Entry(variants)),
            None => Err(Error::new(input.ident.span(), "light-json needs a tag for this enum")),
        }
    }
}

fn content(fields: &Fields, rule: Option<Rule>) -> Result<Content> {
    match fields {
        Fields::Unit => Ok(Content::Nothing),
        Fields::Named(fields) => {
            fields.named.iter().map(|field| Field::of(field, rule)).collect::<Result<_>>().map(Content::Fields)
        }
        Fields::Unnamed(fields) => match fields.unnamed.iter().collect::<Vec<_>>().as_slice() {
            [field] if !field.attrs.iter().any(|attribute| attribute.path().is_ident("serde")) => {
                Ok(Content::Newtype(Box::new(field.ty.clone())))
            }
            _ => {
                Err(Error::new(fields.span(), "light-json needs one unnamed field without attributes, or named fields"))
            }
        },
    }
}

impl Field {
    fn of(field: &syn::Field, rule: Option<Rule>) -> Result<Self> {
        let attributes = FieldAttributes::of(&field.attrs)?;
        let ident = field.ident.clone().unwrap_or_else(|| Ident::new("_", Span::call_site()));
        if is_option(&field.ty) && !attributes.default && !attributes.flatten {
            return Err(Error::new(ident.span(), "light-json needs #[serde(default)] for a field that is an Option"));
        }
        let rust_name = ident.to_string();
        let name =
            attributes.rename.unwrap_or_else(|| rule.map_or(rust_name.clone(), |rule| rule.of_field(&rust_name)));
        let from_json = attributes.deserialize_with.map(|path| {
            let module = path.value().strip_suffix("::deserialize").map(str::to_owned);
            let module =
                module.ok_or_else(|| Error::new(path.span(), "light-json needs the name module::deserialize"))?;
            syn::LitStr::new(&(module + "::from_json"), path.span()).parse()
        });
        Ok(Self {
            ident,
            ty: field.ty.clone(),
            name,
            default: attributes.default,
            flatten: attributes.flatten,
            skip_if: attributes.skip_serializing_if,
            from_json: from_json.transpose()?,
        })
    }
}

fn is_option(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    path.path.segments.last().is_some_and(|segment| segment.ident == "Option")
}
