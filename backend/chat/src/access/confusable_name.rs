//! Names that look like another's: letters of several scripts, mixed so that `Аnn` with a Cyrillic А is read as `Ann`.

use shared_types::PersonName;
use unicode_normalization::UnicodeNormalization;
use unicode_security::{
    MixedScript, RestrictionLevel, RestrictionLevelDetection, is_potential_mixed_script_confusable_char,
};

/// A name that nobody may bear. Its `Display` is the end of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("mixes letters of several scripts, so that it could be read as another's")]
pub struct ConfusableName;

/// Refuses a name that mixes scripts in more than the moderately restrictive way of UTS 39: Latin may stand beside Chinese,
/// Japanese or Korean, and beside one other script as long as none of its letters looks like one of Latin's, but not beside
/// Cyrillic or Greek. Signs, digits and emoji may stand anywhere.
///
/// # Errors
///
/// [`ConfusableName`] when it does.
pub fn reject_confusable(name: &PersonName) -> Result<(), ConfusableName> {
    // Wide and mathematical letters count as those that they stand for.
    let letters: String = name.as_str().nfkc().filter(|letter| letter.is_alphabetic()).collect();
    let open = letters.as_str().is_single_script()
        || match letters.as_str().detect_restriction_level() {
            RestrictionLevel::ModeratelyRestrictive => !letters.chars().any(looks_like_another),
            level => level < RestrictionLevel::ModeratelyRestrictive,
        };
    if open { Ok(()) } else { Err(ConfusableName) }
}

fn looks_like_another(letter: char) -> bool {
    !letter.is_ascii() && is_potential_mixed_script_confusable_char(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_one_script_is_nobody_else_s_and_one_that_mixes_them_may_be() {
        for (name, open) in [
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
            assert_eq!(reject_confusable(&name.parse().unwrap()).is_ok(), open, "{name}");
        }
    }
}
