//! Attributes that keep browsers and password managers away from fields that hold no personal data. Without them, password
//! managers draw their icons into the composer, or fill it.

use leptos::attr::{Attribute, custom::custom_attribute};

use crate::ui::parts::element::Element;

/// The attributes: that of browsers, and those of 1Password, Bitwarden, LastPass and Dashlane.
const ATTRIBUTES: [(&str, &str); 5] = [
    ("autocomplete", "off"),
    ("data-1p-ignore", ""),
    ("data-bwignore", "true"),
    ("data-lpignore", "true"),
    ("data-form-type", "other"),
];

/// Returns the attributes for a field in `view!`.
pub(crate) fn no_autofill() -> impl Attribute {
    let [browser, one_password, bitwarden, last_pass, dashlane] =
        ATTRIBUTES.map(|(name, value)| custom_attribute(name, value));
    (browser, one_password, bitwarden, last_pass, dashlane)
}

impl Element {
    /// Adds the attributes.
    pub(crate) fn no_autofill(self) -> Self {
        ATTRIBUTES.into_iter().fold(self, |element, (name, value)| element.with(name, value))
    }
}
