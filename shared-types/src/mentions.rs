//! Whom a text calls: `@` and a name, as it is chosen from the people of a room.
//!
//! Page and server read a text by the same rule, so that what the page sends is what the server shows.

use std::ops::Range;

use crate::{Person, limits::MENTIONS};

/// Those of `people` whom a text calls, each once, at most [`MENTIONS`]. None of them is a moderator for that: a client
/// names them.
pub fn mentioned(text: &str, people: &[Person]) -> Vec<Person> {
    let mut called: Vec<Person> = Vec::new();
    for (_, person) in mentions_in(text, people) {
        if called.len() < MENTIONS && called.iter().all(|before| before.id != person.id) {
            called.push(Person { moderator: false, ..person.clone() });
        }
    }
    called
}

/// Where a text calls whom, in its order: the bytes of `@name`, and the person. Where several names fit it is the longest,
/// and of two people with that name the first.
pub fn mentions_in<'a>(text: &str, people: &'a [Person]) -> Vec<(Range<usize>, &'a Person)> {
    let mut found = Vec::new();
    let mut end = 0;
    for (at, _) in text.match_indices('@') {
        // An address such as ann@example.org calls nobody.
        if at < end || text[..at].chars().next_back().is_some_and(is_of_a_word) {
            continue;
        }
        let rest = &text[at + 1..];
        let fits = people.iter().filter(|person| begins_with_name(rest, person.name.as_str()));
        // `max_by_key` takes the last of several, and here the first counts.
        if let Some(person) = fits.rev().max_by_key(|person| person.name.as_str().len()) {
            end = at + 1 + person.name.as_str().len();
            found.push((at..end, person));
        }
    }
    found
}

fn begins_with_name(text: &str, name: &str) -> bool {
    text.strip_prefix(name).is_some_and(|after| {
        let ends_in_a_word = name.chars().next_back().is_some_and(is_of_a_word);
        !(ends_in_a_word && after.chars().next().is_some_and(is_of_a_word))
    })
}

/// Whether a letter belongs to a word that has spaces around it. Japanese and Chinese have none: 太郎 is called in @太郎さん.
fn is_of_a_word(letter: char) -> bool {
    // The letters of all other scripts, from ª on; between the two blocks are punctuation, arrows and symbols. The table of
    // what is a letter would cost the page ten times the bytes of this module.
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
        };
        names.iter().enumerate().map(person).collect()
    }

    fn called(text: &str) -> Vec<String> {
        let known = people(&["Ann", "Ann of Cleves", "太郎", "🦊", "Ann", "Team @Ann"]);
        mentioned(text, &known).iter().map(|person| person.id.to_string()).collect()
    }

    #[test]
    fn a_name_behind_an_at_calls_its_person() {
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
            assert_eq!(called(text), expected, "{text}");
        }
    }

    #[test]
    fn no_more_are_called_than_a_message_may_call() {
        let names: Vec<String> = (0..MENTIONS + 5).map(|number| format!("n{number}x")).collect();
        let known = people(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let text = names.iter().map(|name| format!("@{name} ")).collect::<String>();
        assert_eq!(mentions_in(&text, &known).len(), MENTIONS + 5);
        assert_eq!(mentioned(&text, &known).len(), MENTIONS);
    }

    #[test]
    fn a_mention_is_where_it_stands() {
        let known = people(&["Ann"]);
        let (place, person) = mentions_in("ö @Ann!", &known).remove(0);
        assert_eq!((place, person), (3..7, &known[0]));
    }
}
