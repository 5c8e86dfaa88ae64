//! Reading types from JSON values.

use crate::{Entry, JsonError, Value, Writer};

/// A type that can be read from JSON.
pub trait FromJson: Sized {
    /// Reads itself from a value.
    ///
    /// # Errors
    ///
    /// Fails if the value is of another type, or not allowed in this one.
    fn from_json(value: &Value<'_>) -> Result<Self, JsonError>;
}

/// A type that can be read from the entries of an object, which can have entries of other types, too.
pub trait FromEntries: Sized {
    /// Reads itself from entries.
    ///
    /// # Errors
    ///
    /// Fails if a field is missing, is there twice, or has a wrong value.
    fn from_entries(entries: Entries<'_>) -> Result<Self, JsonError>;
}

/// An enum with a tag of which some variants, those with `#[json(late)]`, are read and written by functions of their own. In a program that is
/// loaded in parts, these functions can be in a later part.
pub trait LateVariants: Sized {
    /// The name of the tag.
    const TAG: &'static str;

    /// Reads one of the other variants from the entries beside its tag.
    ///
    /// # Errors
    ///
    /// Fails as [`FromEntries::from_entries`], and for a late variant.
    fn early_from_entries(variant: &str, entries: Entries<'_>) -> Result<Self, JsonError>;

    /// Reads a late variant from the entries beside its tag.
    ///
    /// # Errors
    ///
    /// Fails as [`FromEntries::from_entries`], and for any other variant.
    fn late_from_entries(variant: &str, entries: Entries<'_>) -> Result<Self, JsonError>;

    /// Writes itself as entries of the object that is being written. A late variant writes nothing. Returns whether it is another one.
    fn early_to_entries(&self, out: &mut Writer) -> bool;

    /// Reads one of the other variants.
    ///
    /// # Errors
    ///
    /// Fails as [`FromJson::from_json`], and for a late variant.
    fn early_from_json(value: &Value<'_>) -> Result<Self, JsonError> {
        let (variant, entries) = Entries::of(value)?.split_tag(Self::TAG)?;
        Self::early_from_entries(variant, entries)
    }

    /// Reads a late variant.
    ///
    /// # Errors
    ///
    /// Fails as [`FromJson::from_json`], and for any other variant.
    fn late_from_json(value: &Value<'_>) -> Result<Self, JsonError> {
        let (variant, entries) = Entries::of(value)?.split_tag(Self::TAG)?;
        Self::late_from_entries(variant, entries)
    }
}

/// The content of an object.
#[derive(Clone, Debug)]
pub enum Entries<'a> {
    /// Fields by their name.
    Named(Vec<&'a Entry<'a>>),
    /// Fields in their order: serde reads a struct from an array, too.
    Ordered(&'a [Value<'a>]),
}

impl<'a> Entries<'a> {
    /// Returns the content of an object, or of an array in its place.
    ///
    /// # Errors
    ///
    /// Fails for any other value.
    pub fn of(value: &'a Value<'a>) -> Result<Self, JsonError> {
        match value {
            Value::Object(entries) => Ok(Self::Named(entries.iter().collect())),
            Value::List(values) => Ok(Self::Ordered(values)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => Err(JsonError),
        }
    }

    /// Splits off the tag: the name of a variant.
    ///
    /// # Errors
    ///
    /// Fails if the tag is missing, is there twice, or is not a string.
    pub fn split_tag(self, tag: &str) -> Result<(&'a str, Self), JsonError> {
        match self {
            Self::Named(entries) => {
                let (tags, rest): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(name, _)| name == tag);
                let [(_, variant)] = tags.as_slice() else { return Err(JsonError) };
                Ok((variant.text()?, Self::Named(rest)))
            }
            Self::Ordered(values) => {
                let (variant, rest) = values.split_first().ok_or(JsonError)?;
                Ok((variant.text()?, Self::Ordered(rest)))
            }
        }
    }

    /// Returns the first entry that has one of the names.
    ///
    /// # Errors
    ///
    /// Fails if there is none.
    pub fn first_of(&self, names: &[&str]) -> Result<(&'a str, &'a Value<'a>), JsonError> {
        let Self::Named(entries) = self else { return Err(JsonError) };
        let first = entries.iter().find(|(name, _)| names.contains(&name.as_ref()));
        first.map(|(name, value)| (name.as_ref(), value)).ok_or(JsonError)
    }
}

/// The fields of a struct or a variant, by their number in the declaration.
pub struct Fields<'a> {
    values: Vec<Option<&'a Value<'a>>>,
    others: Vec<&'a Entry<'a>>,
}

impl<'a> Fields<'a> {
    /// Finds the fields with these names.
    ///
    /// # Errors
    ///
    /// Fails if a field is there twice, or if an array has too many elements.
    pub fn of(entries: Entries<'a>, names: &[&str]) -> Result<Self, JsonError> {
        match entries {
            Entries::Named(_) => Self::with_others(entries, names),
            Entries::Ordered(values) if values.len() > names.len() => Err(JsonError),
            Entries::Ordered(values) => {
                let mut values: Vec<_> = values.iter().map(Some).collect();
                values.resize(names.len(), None);
                Ok(Self { values, others: Vec::new() })
            }
        }
    }

    /// Finds the fields with these names, and keeps the other entries for a flattened field.
    ///
    /// # Errors
    ///
    /// Fails if a field is there twice, or if the entries have no names.
    pub fn with_others(entries: Entries<'a>, names: &[&str]) -> Result<Self, JsonError> {
        let Entries::Named(entries) = entries else { return Err(JsonError) };
        let mut fields = Self { values: vec![None; names.len()], others: Vec::new() };
        for entry in entries {
            match names.iter().position(|name| *name == entry.0) {
                None => fields.others.push(entry),
                Some(number) if fields.values[number].is_none() => fields.values[number] = Some(&entry.1),
                Some(_) => return Err(JsonError),
            }
        }
        Ok(fields)
    }

    /// Returns the value of a field, if it is there.
    pub fn get(&self, number: usize) -> Option<&'a Value<'a>> {
        self.values[number]
    }

    /// Reads a field.
    ///
    /// # Errors
    ///
    /// Fails if it is missing or has a wrong value.
    pub fn required<T: FromJson>(&self, number: usize) -> Result<T, JsonError> {
        T::from_json(self.get(number).ok_or(JsonError)?)
    }

    /// Reads a field, or returns the default if it is missing.
    ///
    /// # Errors
    ///
    /// Fails if it has a wrong value.
    pub fn or_default<T: FromJson + Default>(&self, number: usize) -> Result<T, JsonError> {
        self.get(number).map_or_else(|| Ok(T::default()), T::from_json)
    }

    /// Returns the entries that have none of the names.
    pub fn into_others(self) -> Entries<'a> {
        Entries::Named(self.others)
    }
}

impl FromJson for bool {
    fn from_json(value: &Value<'_>) -> Result<Self, JsonError> {
        if let Value::Bool(value) = value { Ok(*value) } else { Err(JsonError) }
    }
}

impl FromJson for u64 {
    fn from_json(value: &Value<'_>) -> Result<Self, JsonError> {
        value.number()
    }
}

impl FromJson for u32 {
    fn from_json(value: &Value<'_>) -> Result<Self, JsonError> {
        value.number()?.try_into().map_err(|_| JsonError)
    }
}

impl FromJson for u16 {
    fn from_json(value: &Value<'_>) -> Result<Self, JsonError> {
        value.number()?.try_into().map_err(|_| JsonError)
    }
}

impl FromJson for String {
    fn from_json(value: &Value<'_>) -> Result<Self, JsonError> {
        value.text().map(Into::into)
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(value: &Value<'_>) -> Result<Self, JsonError> {
        if *value == Value::Null { Ok(None) } else { T::from_json(value).map(Some) }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: &Value<'_>) -> Result<Self, JsonError> {
        value.list()?.iter().map(T::from_json).collect()
    }
}

impl<A: FromJson, B: FromJson, C: FromJson, D: FromJson> FromJson for (A, B, C, D) {
    fn from_json(value: &Value<'_>) -> Result<Self, JsonError> {
        let [a, b, c, d] = value.list()? else { return Err(JsonError) };
        Ok((A::from_json(a)?, B::from_json(b)?, C::from_json(c)?, D::from_json(d)?))
    }
}

/// A flattened field that is optional is `None` if it cannot be read, as in serde.
impl<T: FromEntries> FromEntries for Option<T> {
    fn from_entries(entries: Entries<'_>) -> Result<Self, JsonError> {
        Ok(T::from_entries(entries).ok())
    }
}
