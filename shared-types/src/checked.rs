//! JSON of checked types, in both forms: serde's for the server, and light-json's for the page. A value is read with the
//! type's own check, so that both forms refuse the same values.

/// JSON of types that are read with `FromStr` and written as `as_str()`.
macro_rules! json_of_text {
    ($($name:ident),*) => {$(
        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl light_json::FromJson for $name {
            fn from_json(value: &light_json::Value<'_>) -> Result<Self, light_json::JsonError> {
                value.text()?.parse().map_err(|_| light_json::JsonError)
            }
        }

        impl light_json::ToJson for $name {
            fn to_json(&self, out: &mut light_json::Writer) {
                out.text(self.as_str());
            }
        }

        crate::checked::scalar_schema!($name);
    )*};
}

/// JSON of types that are read with `TryFrom<u64>` and written as `get()`.
macro_rules! json_of_number {
    ($($name:ident),*) => {$(
        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u64(self.get().into())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::try_from(u64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }

        impl light_json::FromJson for $name {
            fn from_json(value: &light_json::Value<'_>) -> Result<Self, light_json::JsonError> {
                Self::try_from(value.number()?).map_err(|_| light_json::JsonError)
            }
        }

        impl light_json::ToJson for $name {
            fn to_json(&self, out: &mut light_json::Writer) {
                out.number(self.get().into());
            }
        }

        crate::checked::scalar_schema!($name);
    )*};
}

macro_rules! scalar_schema {
    ($name:ident) => {
        impl light_json::Describe for $name {
            fn schema() -> light_json::Schema {
                light_json::Schema::Scalar(stringify!($name))
            }
        }
    };
}

pub(crate) use {json_of_number, json_of_text, scalar_schema};
