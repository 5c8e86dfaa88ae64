//! Confusable names: names that mix letters of several scripts. `Аnn` with a Cyrillic А looks like `Ann`.

use shared_types::PersonName;
use unicode_normalization::UnicodeNormalization;
use unicode_security::{
    MixedScript, RestrictionLevel, RestrictionLevelDetection, is_potential_mixed_script_confusable_char,
};

/// A confusable name. Its `Display` continues a sentence that begins with "your name".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("mixes letters of several scripts, so that it could be read as another's")]
pub struct ConfusableName;

/// Rejects a name that mixes more scripts than the level "moderately restrictive" of UTS 39 allows. Latin may be mixed with
/// Chinese, Japanese or Korean, and with one other script if none of its letters looks like a Latin one. It may not be mixed
/// with Cyrillic or Greek. Signs, digits and emoji are always allowed.
///
/// # Errors
///
/// [`ConfusableName`] if the name mixes scripts in another way.
pub fn reject_confusable(name: &PersonName) -> Result<(), ConfusableName> {
    // NFKC replaces wide and mathematical letters by the plain ones.
    let letters: String = name.as_str().nfkc().filter(|letter| letter.is_alphabetic()).collect();
    let is_allowed = letters.as_str().is_single_script()
        || match letters.as_str().detect_restriction_level() {
            RestrictionLevel::ModeratelyRestrictive => !letters.chars().any(is_confusable),
            level => level < RestrictionLevel::ModeratelyRestrictive,
        };
    if is_allowed { Ok(()) } else { Err(ConfusableName) }
}

fn is_confusable(letter: char) -> bool {
    !letter.is_ascii() && is_potential_mixed_script_confusable_char(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mix_confusable_scripts_are_rejected() {
        for (name, is_allowed) in [
            ("Ann", true),
            ("Jürgen B. (2nd)", true),
            ("Анна", true),
            ("Άννα", true),
            ("田中 はなこ", true),
            ("Ken 健", true),
            ("김 Min-jun", true),
            ("אנה Ann", true),
            ("ᏣᎳᎩ", true),
            ("Ann 🚀 42", true),
            ("42", true),
            ("🚀", true),
            ("Аnn", false),
            ("Αnn", false),
            ("Рaypal", false),
            ("Ann Анна", false),
            ("𝐀нн", false),
            ("Ａнн", false),
            ("Анна はなこ", false),
            ("Aոո", false),
        ] {
            assert_eq!(reject_confusable(&name.parse().unwrap()).is_ok(), is_allowed, "{name}");
        }
    }
}
