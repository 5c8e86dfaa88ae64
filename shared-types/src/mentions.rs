//! Mentions in a text: `@` and the name of a person in the room.
//!
//! Page and server share this parser, so the server shows exactly the mentions that the page sends.

use std::ops::Range;

use crate::{Person, limits::MENTIONS};

/// Returns the `people` that a text mentions, each once, at most [`MENTIONS`]. The `moderator` flag and the appearance are cleared, because
/// a client supplies `people`.
pub fn mentioned(text: &str, people: &[Person]) -> Vec<Person> {
    let mut found: Vec<Person> = Vec::new();
    for (_, person) in mentions_in(text, people) {
        if found.len() < MENTIONS && found.iter().all(|earlier| earlier.id != person.id) {
            found.push(Person { moderator: false, ..person.clone().without_appearance() });
        }
    }
    found
}

/// Returns the mentions in a text in their order: the byte range of `@name`, and the person. If several names match, the
/// longest wins. If two people have that name, the first wins.
pub fn mentions_in<'a>(text: &str, people: &'a [Person]) -> Vec<(Range<usize>, &'a Person)> {
    let mut found = Vec::new();
    let mut end = 0;
    for (at, _) in text.match_indices('@') {
        // An e-mail address such as ann@example.org is not a mention.
        if at < end || text[..at].chars().next_back().is_some_and(is_word_letter) {
            continue;
        }
        let rest = &text[at + 1..];
        let candidates = people.iter().filter(|person| begins_with_name(rest, person.name.as_str()));
        // `max_by_key` returns the last of equal candidates; `rev` makes that the first.
        if let Some(person) = candidates.rev().max_by_key(|person| person.name.as_str().len()) {
            end = at + 1 + person.name.as_str().len();
            found.push((at..end, person));
        }
    }
    found
}

fn begins_with_name(text: &str, name: &str) -> bool {
    text.strip_prefix(name).is_some_and(|after| {
        let ends_in_word_letter = name.chars().next_back().is_some_and(is_word_letter);
        !(ends_in_word_letter && after.chars().next().is_some_and(is_word_letter))
    })
}

/// Returns whether a letter is of a script that separates words by spaces. Japanese and Chinese do not: @太郎さん mentions 太郎.
fn is_word_letter(letter: char) -> bool {
    // The letters of all other scripts start at ª. Between the two blocks are punctuation, arrows and symbols. A full
    // Unicode table of letters would add ten times the bytes of this module to the page.
    letter.is_ascii_alphanumeric() || matches!(letter, '\u{aa}'..='\u{1fff}' | '\u{2c00}'..='\u{2dff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(names: &[&str]) -> Vec<Person> {
        let person = |(number, name): (usize, &&str)| Person {
            id: format!("p{number}").parse().unwrap(),
            name: name.parse().unwrap(),
            moderator: false,
            appearance: Default::default(),
        };
        names.iter().enumerate().map(person).collect()
    }

    fn mentioned_ids(text: &str) -> Vec<String> {
        let known = people(&["Ann", "Ann of Cleves", "太郎", "🦊", "Ann", "Team @Ann"]);
        mentioned(text, &known).iter().map(|person| person.id.to_string()).collect()
    }

    #[test]
    fn an_at_sign_and_a_name_mention_a_person() {
        for (text, expected) in [
            ("@Ann", &["p0"][..]),
            ("hi @Ann, @太郎さん!", &["p0", "p2"]),
            ("@Ann of Cleves and @Ann", &["p1", "p0"]),
            ("(@Ann)", &["p0"]),
            ("@🦊🦊", &["p3"]),
            ("@Ann @Ann @Ann", &["p0"]),
            ("@Team @Ann", &["p5"]),
            ("@@Ann", &["p0"]),
            ("@Anna", &[]),
            ("@Annä", &[]),
            ("@Ann—no", &["p0"]),
            ("@ann", &[]),
            ("me@Ann", &[]),
            ("@ Ann", &[]),
            ("Ann", &[]),
            ("@", &[]),
        ] {
            assert_eq!(mentioned_ids(text), expected, "{text}");
        }
    }

    #[test]
    fn mentions_are_cut_at_the_limit() {
        let names: Vec<String> = (0..MENTIONS + 5).map(|number| format!("n{number}x")).collect();
        let known = people(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let text = names.iter().map(|name| format!("@{name} ")).collect::<String>();
        assert_eq!(mentions_in(&text, &known).len(), MENTIONS + 5);
        assert_eq!(mentioned(&text, &known).len(), MENTIONS);
    }

    #[test]
    fn a_mention_has_its_byte_range() {
        let known = people(&["Ann"]);
        let (range, person) = mentions_in("ö @Ann!", &known).remove(0);
        assert_eq!((range, person), (3..7, &known[0]));
    }
}
