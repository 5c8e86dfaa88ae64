//! Confusable names: names that mix letters of several scripts, or have joiners that nobody sees. `Аnn` with a Cyrillic А looks like
//! `Ann`.

use shared_types::{PersonName, is_invisible};
use unicode_normalization::UnicodeNormalization;
use unicode_security::{
    MixedScript, RestrictionLevel, RestrictionLevelDetection, is_potential_mixed_script_confusable_char,
};

use crate::access::joiners::has_stray_joiner;

/// A confusable name. Its `Display` continues a sentence that begins with "your name".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfusableName {
    /// It mixes letters of several scripts.
    #[error("mixes letters of several scripts, so that it could be read as another's")]
    Scripts,
    /// It has a joiner that changes nothing.
    #[error("has an invisible joiner that neither its script nor an emoji needs")]
    Joiner,
}

/// Rejects a name that mixes more scripts than the level "moderately restrictive" of UTS 39 allows. Latin may be mixed with
/// Chinese, Japanese or Korean, and with one other script if none of its letters looks like a Latin one. It may not be mixed
/// with Cyrillic or Greek. Signs, digits and emoji are always allowed. Joiners are allowed where a script or an emoji needs them.
///
/// # Errors
///
/// [`ConfusableName`] says what makes the name confusable.
pub fn reject_confusable(name: &PersonName) -> Result<(), ConfusableName> {
    if has_stray_joiner(name.as_str()) {
        return Err(ConfusableName::Joiner);
    }
    // NFKC replaces wide and mathematical letters by the plain ones.
    let letters: String = name.as_str().nfkc().filter(|letter| letter.is_alphabetic()).collect();
    let is_allowed = letters.as_str().is_single_script()
        || match letters.as_str().detect_restriction_level() {
            RestrictionLevel::ModeratelyRestrictive => !letters.chars().any(is_confusable),
            level => level < RestrictionLevel::ModeratelyRestrictive,
        };
    if is_allowed { Ok(()) } else { Err(ConfusableName::Scripts) }
}

/// Returns a name with wide, mathematical and decomposed letters replaced by the plain ones (NFKC), so that names that look alike are
/// equal. The page compares names without regard to case. A name that would get too long, such as 64 ligatures, stays as it is.
pub fn normalized_name(name: &PersonName) -> PersonName {
    name.as_str().nfkc().collect::<String>().parse().unwrap_or_else(|_| name.clone())
}

/// Returns what two names have in common that are taken for the same one: NFKC, without regard to case and to what nobody sees. Lower case of
/// upper case folds letters that have one upper case, such as the two sigmas, and `ß` like `ss`.
pub(crate) fn compared_name(name: &PersonName) -> String {
    let visible = name.as_str().nfkc().filter(|letter| !is_invisible(*letter) && *letter != '\u{fe0f}');
    visible.flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc().collect()
}

fn is_confusable(letter: char) -> bool {
    !letter.is_ascii() && is_potential_mixed_script_confusable_char(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_are_equal_after_normalization() {
        for (name, expected) in [
            ("Rene\u{301}", "René"),
            ("René", "René"),
            ("Ａｎｎ", "Ann"),
            ("𝐀𝐧𝐧", "Ann"),
            ("ｶﾞｰﾄﾞ", "ガード"),
            ("ﬁn", "fin"),
            ("Ann ❤\u{fe0f}", "Ann ❤\u{fe0f}"),
        ] {
            assert_eq!(normalized_name(&name.parse().unwrap()).as_str(), expected);
        }
        let ligatures: PersonName = "\u{fdfa}".repeat(64).parse().unwrap();
        assert_eq!(normalized_name(&ligatures), ligatures);
    }

    #[test]
    fn names_are_compared_without_width_composition_and_case() {
        for (one, other) in [
            ("René", "RENE\u{301}"),
            ("Ａｎｎ", "ann"),
            ("𝐀𝐧𝐧", "ANN"),
            ("Straße", "STRASSE"),
            ("ΑΣ", "ας"),
            ("ｶﾞｰﾄﾞ", "ガード"),
            ("Ann ❤\u{fe0f}", "ann ❤"),
        ] {
            assert_eq!(compared_name(&one.parse().unwrap()), compared_name(&other.parse().unwrap()), "{one}, {other}");
        }
        for (one, other) in [("Ann", "Anna"), ("René", "Rene"), ("Ann", "Анн"), ("は", "ハ")] {
            assert_ne!(compared_name(&one.parse().unwrap()), compared_name(&other.parse().unwrap()), "{one}, {other}");
        }
    }

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
            ("علی\u{200c}رضا", true),
            ("د\u{200c}ر", false),
            ("🏳\u{fe0f}\u{200d}🌈", true),
            ("👍\u{200d}👎", false),
        ] {
            assert_eq!(reject_confusable(&name.parse().unwrap()).is_ok(), is_allowed, "{name}");
        }
    }
}
