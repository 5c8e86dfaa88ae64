//! Completion of names after an `@`.

use shared_types::Person;

/// Maximum number of suggestions.
const OFFERED: usize = 6;

/// Maximum length of a query, in characters: the maximum length of a name.
const QUERY_CHARS: usize = shared_types::limits::NAME_CHARS;

/// Returns a text in upper case, to compare names without regard to case. The browser has Unicode's table, so that the page need not.
pub type UpperCase = fn(&str) -> String;

/// A name that is being typed: the text from `@` to the caret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MentionQuery<'a> {
    /// The text between `@` and the caret.
    query: &'a str,
}

/// The name that is being typed before the caret, if there is one.
pub fn mention_query(before_caret: &str) -> Option<MentionQuery<'_>> {
    let at = before_caret.rfind('@')?;
    let query = &before_caret[at + 1..];
    let in_a_word = before_caret[..at].chars().next_back().is_some_and(|letter| letter.is_ascii_alphanumeric());
    let fits = !in_a_word && !query.contains('\n') && query.chars().count() <= QUERY_CHARS;
    fits.then_some(MentionQuery { query })
}

impl MentionQuery<'_> {
    /// The people whose name, or a word of it, starts with the query, without regard to case. Matches of the whole name come first.
    pub fn matching(&self, people: &[Person], upper_case: UpperCase) -> Vec<Person> {
        let query = upper_case(self.query);
        let name = |person: &&Person| upper_case(person.name.as_str());
        let whole = |person: &&Person| name(person).starts_with(&query);
        let by_a_word =
            |person: &&Person| !whole(person) && name(person).split(' ').any(|word| word.starts_with(&query));
        let matching = people.iter().filter(whole).chain(people.iter().filter(by_a_word));
        let matching: Vec<Person> = matching.take(OFFERED).cloned().collect();
        // A complete name needs no suggestion, and Enter is to send the message.
        if let [only] = &matching[..]
            && only.name.as_str() == self.query
        {
            return Vec::new();
        }
        matching
    }

    /// How much of the text before the caret the name replaces, in UTF-16 units.
    pub fn length(&self) -> u32 {
        self.query.encode_utf16().count() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(before_caret: &str) -> Option<&str> {
        mention_query(before_caret).map(|mention_query| mention_query.query)
    }

    #[test]
    fn a_mention_query_starts_with_an_at_outside_a_word() {
        for (text, expected) in [
            ("@", Some("")),
            ("hi @an", Some("an")),
            ("hi @Ann of", Some("Ann of")),
            ("@ann @b", Some("b")),
            ("日本@太", Some("太")),
            ("me@example", None),
            ("hi @ann\nand", None),
            ("hi", None),
        ] {
            assert_eq!(query(text), expected, "{text}");
        }
        assert_eq!(query(&format!("@{}", "x".repeat(65))), None);
    }

    #[test]
    fn whole_names_rank_first_and_the_list_is_limited() {
        let names = ["Joe Ann", "ann", "Anna", "Ben", "Ann of Cleves", "ANNE", "Annie", "Annabel", "Annette"];
        let person = |name: &&str| Person {
            id: "x".parse().unwrap(),
            name: name.parse().unwrap(),
            moderator: false,
            appearance: Default::default(),
        };
        let people: Vec<_> = names.iter().map(person).collect();
        let matching = |text: &str| {
            let matching = mention_query(text).unwrap().matching(&people, str::to_uppercase);
            matching.iter().map(|person| person.name.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(matching("@ann"), ["ann", "Anna", "Ann of Cleves", "ANNE", "Annie", "Annabel"]);
        assert_eq!(matching("@cle"), ["Ann of Cleves"]);
        assert_eq!(matching("@joe a"), ["Joe Ann"]);
        assert!(matching("@zed").is_empty());
        assert!(matching("@Ben").is_empty(), "the name is complete");
        assert_eq!(matching("@ben"), ["Ben"]);
        assert_eq!(matching("@").len(), OFFERED);
    }

    #[test]
    fn names_match_without_regard_to_case_in_every_script() {
        let names = ["Straße", "ömer", "ΝΊΚΟΣ", "İpek", "ısı"];
        let people: Vec<_> = names
            .iter()
            .map(|name| Person {
                id: "x".parse().unwrap(),
                name: name.parse().unwrap(),
                moderator: false,
                appearance: Default::default(),
            })
            .collect();
        for (text, expected) in [
            ("@STRASSE", Some("Straße")),
            ("@Ö", Some("ömer")),
            ("@νίκος", Some("ΝΊΚΟΣ")),
            ("@νίκοσ", Some("ΝΊΚΟΣ")),
            ("@İP", Some("İpek")),
            ("@IS", Some("ısı")),
            ("@ip", None),
        ] {
            let matching = mention_query(text).unwrap().matching(&people, str::to_uppercase);
            assert_eq!(matching.iter().map(|person| person.name.as_str()).next(), expected, "{text}");
            assert!(matching.len() <= 1, "{text}");
        }
    }

    #[test]
    fn a_name_replaces_what_is_typed_after_the_at() {
        for (text, length) in [("hi @an", 2), ("@", 0), ("@日本😀", 4)] {
            assert_eq!(mention_query(text).unwrap().length(), length, "{text}");
        }
    }
}
