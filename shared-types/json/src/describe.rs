//! Descriptions of the JSON of types. Tests use them to find what the golden files do not cover, and to generate values.

/// A type whose JSON has a description.
pub trait Describe {
    /// Returns the description.
    fn schema() -> Schema;
}

/// The JSON of a type.
#[derive(Clone, Debug)]
pub enum Schema {
    /// A string, a number or a truth value: the name of the type.
    Scalar(&'static str),
    /// `null`, or a value.
    Optional(Box<Schema>),
    /// An array.
    List(Box<Schema>),
    /// An object.
    Struct {
        /// Name of the type.
        name: &'static str,
        /// Its fields.
        fields: Vec<Field>,
    },
    /// One of several variants.
    Enum {
        /// Name of the type.
        name: &'static str,
        /// The field that has the name of the variant. Without it, the value is the name of a variant without fields, or the
        /// variant is an entry of the object around it.
        tag: Option<&'static str>,
        /// Its variants.
        variants: Vec<Variant>,
    },
}

/// A variant of an enum.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Name in JSON.
    pub name: &'static str,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A field of a struct or a variant.
#[derive(Clone, Debug)]
pub struct Field {
    /// Name in JSON. A flattened field has none: its entries are among the others.
    pub name: Option<&'static str>,
    /// Whether it may be absent.
    pub is_optional: bool,
    /// Its value.
    pub schema: Schema,
}

macro_rules! scalars {
    ($($type:ty),*) => {$(
        impl Describe for $type {
            fn schema() -> Schema {
                Schema::Scalar(stringify!($type))
            }
        }
    )*};
}

scalars!(bool, u64, u32, u16, String);

impl<T: Describe> Describe for Option<T> {
    fn schema() -> Schema {
        Schema::Optional(Box::new(T::schema()))
    }
}

impl<T: Describe> Describe for Vec<T> {
    fn schema() -> Schema {
        Schema::List(Box::new(T::schema()))
    }
}
