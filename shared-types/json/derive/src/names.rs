//! serde's rules for names.

use syn::{LitStr, Result};

/// A rule of `rename_all`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// `camelCase`.
    Camel,
    /// `lowercase`.
    Lower,
}

impl Rule {
    pub(crate) fn parse(rule: &LitStr) -> Result<Self> {
        match rule.value().as_str() {
            "camelCase" => Ok(Self::Camel),
            "lowercase" => Ok(Self::Lower),
            _ => Err(syn::Error::new(rule.span(), "light-json knows camelCase and lowercase only")),
        }
    }

    /// Returns the JSON name of a field, which is `snake_case` in Rust.
    pub(crate) fn of_field(self, field: &str) -> String {
        match self {
            Self::Lower => field.into(),
            Self::Camel => {
                let mut words = field.split('_');
                let first = words.next().unwrap_or_default().to_owned();
                words.fold(first, |name, word| name + &with_first(word, str::to_ascii_uppercase))
            }
        }
    }

    /// Returns the JSON name of a variant, which is `PascalCase` in Rust.
    pub(crate) fn of_variant(self, variant: &str) -> String {
        match self {
            Self::Lower => variant.to_ascii_lowercase(),
            Self::Camel => with_first(variant, str::to_ascii_lowercase),
        }
    }
}

/// Changes the first letter. Names in Rust code of this repository are ASCII.
fn with_first(word: &str, change: fn(&str) -> String) -> String {
    let (first, rest) = word.split_at(word.len().min(1));
    change(first) + rest
}
