//! Languages of the page.

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

/// Language of the page. English is the default for everybody who prefers neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Japanese.
    #[serde(rename = "ja")]
    Japanese,
}

impl Language {
    /// Every language, in the order of the page's menu.
    pub const ALL: [Self; 2] = [Self::English, Self::Japanese];

    /// Returns the language tag, as in the `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
        }
    }

    /// Returns the language's name in that language.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Japanese => "日本語",
        }
    }

    /// Returns the language of a tag such as `ja` or `ja-JP` (RFC 5646). Subtags after the language are ignored.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let language = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|known| known.tag().eq_ignore_ascii_case(language))
    }

    /// Returns the preferred language of an `Accept-Language` header: the one with the highest weight, and the first of equal
    /// weights.
    pub fn preferred(accept_language: &str) -> Self {
        let wanted = accept_language.split(',').filter_map(|range| {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let weight = weight.trim().strip_prefix("q=")?.parse::<f32>().ok()?;
            (weight > 0.0).then_some((Self::of_tag(tag.trim())?, weight))
        });
        let best = wanted.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map(|(language, _)| language).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Language::*, *};

    #[test]
    fn a_tag_s_subtags_are_ignored() {
        for (tag, language) in [
            ("ja", Some(Japanese)),
            ("ja-JP", Some(Japanese)),
            ("JA-jp-u-ca-japanese", Some(Japanese)),
            ("en", Some(English)),
            ("en-GB", Some(English)),
            ("jav", None),
            ("de", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(Language::of_tag(tag), language, "{tag}");
        }
        for language in Language::ALL {
            assert_eq!(Language::of_tag(language.tag()), Some(language));
        }
    }

    #[test]
    fn the_highest_weight_wins_and_english_is_the_default() {
        for (header, language) in [
            ("ja", Japanese),
            ("ja-JP,ja;q=0.9,en-US;q=0.8,en;q=0.7", Japanese),
            ("en-US,en;q=0.9,ja;q=0.8", English),
            ("de-DE, de;q=0.9, ja;q=0.5, en;q=0.3", Japanese),
            ("en;q=0.3, ja ; q=0.5", Japanese),
            ("en;q=0.5,ja;q=0.5", English),
            ("ja;q=0.5,en;q=0.5", Japanese),
            ("ja;q=0, en;q=0.1", English),
            ("ja;q=0", English),
            ("ja;q=much", English),
            ("ja;q=NaN", English),
            ("de", English),
            ("*", English),
            (",;,", English),
            ("", English),
        ] {
            assert_eq!(Language::preferred(header), language, "{header}");
        }
    }
}
