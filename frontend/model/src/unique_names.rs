//! Names that the server gave a number, because somebody else in the room had the chosen one.

/// Returns whether the server gave a visitor their chosen name with a number: `Ann 2`. It may also have replaced wide letters of the name
/// by plain ones, so only the number is compared.
pub fn is_numbered(chosen: &str, given: &str) -> bool {
    let number = |name: &str| {
        let (_, end) = name.rsplit_once(' ')?;
        Some(end.to_owned()).filter(|end| end.bytes().all(|byte| byte.is_ascii_digit()))
    };
    chosen != given && number(given).is_some() && number(given) != number(chosen)
}

/// Returns whether the server gave a visitor their known name with a number, and not a name with a number that they chose on another device.
/// A number follows the beginning of the name; where wide letters were replaced, the beginning is not known.
pub fn is_known_numbered(known: &str, given: &str) -> bool {
    let stem = given.rsplit_once(' ').map_or("", |(stem, _)| stem);
    is_numbered(known, given) && (known.starts_with(stem) || !known.is_ascii())
}

/// Returns whether a name that the server gave is the answer to a chosen one, and not a number for an earlier name. The server writes digits
/// that are not ASCII as plain ones, so a name that does not end in ASCII is always confirmed.
pub fn confirms(chosen: &str, given: &str) -> bool {
    !is_numbered(chosen, given) || chosen.ends_with(|last: char| !last.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_at_the_end_shows_that_a_name_was_taken() {
        for (chosen, given, expected) in [
            ("Ann", "Ann 2", true),
            ("Ａｎｎ", "Ann 2", true),
            ("Ann 2", "Ann 3", true),
            ("Ann", "Ann", false),
            ("Ａｎｎ", "Ann", false),
            ("Ann 2", "Ann 2", false),
            ("Ａｎｎ 2", "Ann 2", false),
            ("Ann 2", "Ann", false),
        ] {
            assert_eq!(is_numbered(chosen, given), expected, "{chosen}, {given}");
        }
    }

    #[test]
    fn a_name_with_a_number_of_another_device_is_no_number_for_the_known_name() {
        for (known, given, expected) in [
            ("Ann", "Ann 2", true),
            ("Ann 2", "Ann 3", true),
            ("Ａｎｎ", "Ann 2", true),
            ("Ann", "Agent 7", false),
            ("Ann", "Bea", false),
            ("Ann", "Ann", false),
        ] {
            assert_eq!(is_known_numbered(known, given), expected, "{known}, {given}");
        }
    }

    #[test]
    fn a_number_for_an_earlier_name_confirms_no_chosen_name() {
        for (chosen, given, expected) in [
            ("Bea", "Bea", true),
            ("Ｂea", "Bea", true),
            ("Bea 7", "Bea 7", true),
            ("Bea ７", "Bea 7", true),
            ("Bea", "Ann 2", false),
        ] {
            assert_eq!(confirms(chosen, given), expected, "{chosen}, {given}");
        }
    }
}
