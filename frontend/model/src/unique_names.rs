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
}
