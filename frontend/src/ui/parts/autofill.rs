//! Attributes that keep browsers and password managers away from fields that hold no personal data. Without them, password
//! managers draw their icons into the composer, or fill it.

use page_view::Element;

/// The attributes: that of browsers, and those of 1Password, Bitwarden, LastPass and Dashlane.
const ATTRIBUTES: [(&str, &str); 5] = [
    ("autocomplete", "off"),
    ("data-1p-ignore", ""),
    ("data-bwignore", "true"),
    ("data-lpignore", "true"),
    ("data-form-type", "other"),
];

/// Fields that hold no personal data.
pub(crate) trait NoAutofill {
    /// Adds the attributes.
    fn no_autofill(self) -> Self;
}

impl NoAutofill for Element {
    fn no_autofill(self) -> Self {
        ATTRIBUTES.into_iter().fold(self, |element, (name, value)| element.with(name, value))
    }
}
