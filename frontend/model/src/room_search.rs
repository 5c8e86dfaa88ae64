//! The rooms that match what a visitor types in the room dialog, best match first.

use shared_types::{RoomName, RoomTitle};

use crate::search::{ExcerptPart, fold, parts_of};

/// Minimum length of a text that may have a typo. In a shorter one, most other words are one letter away.
const TYPO_LETTERS: usize = 4;

/// A room that can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRoom {
    /// Its address.
    pub room: RoomName,
    /// Its title.
    pub title: Option<RoomTitle>,
}

/// A room that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRoom {
    /// The room.
    pub room: RoomName,
    /// Its address, with the letters that match.
    pub name: Vec<ExcerptPart>,
    /// Its title, with the letters that match.
    pub title: Option<Vec<ExcerptPart>>,
}

/// How well a text matches: smaller is better. The second number compares matches of one kind: of two texts that begin with what was
/// typed, the shorter one is better.
type Rank = (MatchKind, usize);

/// How a text matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum MatchKind {
    Exact,
    Start,
    WordStart,
    Inside,
    /// With one letter wrong, missing, too many, or in the place of its neighbour.
    Typo,
    /// All letters in order, with others between them.
    Scattered,
}

/// Returns the rooms whose address or title matches, best match first; rooms that match equally well keep their order. An empty text
/// matches every room. Accents and case are ignored, by the rules of the search.
pub fn find_rooms(typed: &str, rooms: &[KnownRoom], lower_parts: &dyn Fn(char) -> String) -> Vec<FoundRoom> {
    let folded = |text: &str| fold(&text.chars().collect::<Vec<_>>(), lower_parts);
    let typed = typed.trim_start().trim_start_matches(['#', '＃']).trim();
    let query: Vec<char> = folded(typed).iter().map(|(letter, _)| spaced(*letter)).collect();
    let query: Vec<char> =
        query.split(|letter| *letter == ' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(&' ');
    // Characters between words match no room but one whose title is the same.
    let is_without_letters = query.is_empty() && !typed.is_empty();
    let mut found: Vec<(Rank, FoundRoom)> = Vec::new();
    for KnownRoom { room, title } in rooms {
        if is_without_letters && title.as_ref().is_none_or(|title| title.as_str() != typed) {
            continue;
        }
        let search = |text: &str| {
            let letters = folded(text);
            let plain: Vec<char> = letters.iter().map(|(letter, _)| spaced(*letter)).collect();
            let (rank, places) = best_match(&plain, &query)?;
            let mut marks = vec![false; text.chars().count()];
            places.into_iter().for_each(|place| marks[letters[place].1.clone()].fill(true));
            Some((rank, parts_of(text, &marks)))
        };
        let unmarked = |text: &str| parts_of(text, &vec![false; text.chars().count()]);
        let name = search(room.as_str());
        let in_title = title.as_ref().and_then(|title| search(title.as_str()));
        let rank = name.iter().chain(&in_title).map(|(rank, _)| *rank).min();
        let parts = |found: Option<(Rank, Vec<ExcerptPart>)>, text: &str| {
            found.map_or_else(|| unmarked(text), |(_, parts)| parts)
        };
        if let Some(rank) = rank {
            let title = title.as_ref().map(|title| parts(in_title, title.as_str()));
            found.push((rank, FoundRoom { room: room.clone(), name: parts(name, room.as_str()), title }));
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, room)| room).collect()
}

/// Returns a space for a character that separates words.
fn spaced(letter: char) -> char {
    if letter.is_ascii() && !letter.is_ascii_alphanumeric() || letter == '\u{3000}' { ' ' } else { letter }
}

/// Returns how well a text matches, and the places of the letters that match. `None` if it does not.
fn best_match(text: &[char], query: &[char]) -> Option<(Rank, Vec<usize>)> {
    let length = query.len();
    if length == 0 {
        return Some(((MatchKind::Exact, 0), Vec::new()));
    }
    let is_word_start = |place: usize| place == 0 || text[place - 1] == ' ';
    let windows =
        || (0..(text.len() + 1).saturating_sub(length)).filter(|start| text[*start..start + length] == *query);
    if let Some(start) = windows().find(|start| is_word_start(*start)).or_else(|| windows().next()) {
        let kind = match start {
            0 if length == text.len() => MatchKind::Exact,
            0 => MatchKind::Start,
            _ if is_word_start(start) => MatchKind::WordStart,
            _ => MatchKind::Inside,
        };
        return Some(((kind, text.len()), (start..start + length).collect()));
    }
    let typo = (0..text.len())
        .filter(|start| length >= TYPO_LETTERS && is_word_start(*start))
        .flat_map(|start| [length, length + 1, length - 1].map(|length| start..start + length))
        .find(|range| range.end <= text.len() && has_one_typo(&text[range.clone()], query));
    if let Some(range) = typo {
        return Some(((MatchKind::Typo, range.start), range.collect()));
    }
    let places = scattered(text, query)?;
    let span = places[length - 1] - places[0];
    Some(((MatchKind::Scattered, span), places))
}

/// Whether two texts differ in one letter that is wrong, missing, too many, or in the place of its neighbour. A different digit is no typo:
/// it is another number.
fn has_one_typo(text: &[char], query: &[char]) -> bool {
    let same = text.iter().zip(query).take_while(|(one, other)| one == other).count();
    let (text, query) = (&text[same..], &query[same..]);
    let is_letter = |letters: &[char]| letters.first().is_none_or(|letter| !letter.is_ascii_digit());
    let skip = |letters: &[char], count: usize| letters.get(count..).map(<[char]>::to_vec).unwrap_or_default();
    let is_swapped = text.len() >= 2 && query.len() >= 2 && text[0] == query[1] && text[1] == query[0];
    is_letter(text)
        && is_letter(query)
        && !(text.is_empty() && query.is_empty())
        && (skip(text, 1) == skip(query, 1)
            || *text == skip(query, 1)
            || skip(text, 1) == *query
            || is_swapped && skip(text, 2) == skip(query, 2))
}

/// Returns the places of the letters of `query` in `text`, in order. The first one starts a word, and digits that follow each other are
/// beside each other: `17` is not `107`.
fn scattered(text: &[char], query: &[char]) -> Option<Vec<usize>> {
    let starts = (0..text.len()).filter(|place| text[*place] == query[0] && (*place == 0 || text[place - 1] == ' '));
    let from = |start: usize| {
        let mut places = vec![start];
        for pair in query.windows(2) {
            let after = places[places.len() - 1] + 1;
            let is_number = pair.iter().all(char::is_ascii_digit);
            let next = text.get(after..)?.iter().position(|letter| *letter == pair[1])?;
            if is_number && next > 0 {
                return None;
            }
            places.push(after + next);
        }
        Some(places)
    };
    starts.filter_map(from).min_by_key(|places| places[places.len() - 1] - places[0])
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn lower_parts(letter: char) -> String {
        std::iter::once(letter).nfkd().flat_map(char::to_lowercase).collect()
    }

    /// Formats what is found in these rooms, with brackets around the letters that match. A room is `name` or `name=title`.
    fn check(typed: &str, rooms: &[&str], expected: &[&str]) {
        let rooms: Vec<KnownRoom> = rooms
            .iter()
            .map(|room| {
                let (name, title) = room.split_once('=').map_or((*room, None), |(name, title)| (name, Some(title)));
                KnownRoom { room: name.parse().unwrap(), title: title.map(|title| title.parse().unwrap()) }
            })
            .collect();
        let line = |parts: &Vec<ExcerptPart>| -> String {
            let part = |part: &ExcerptPart| if part.matches { format!("[{}]", part.text) } else { part.text.clone() };
            parts.iter().map(part).collect()
        };
        let found: Vec<String> = find_rooms(typed, &rooms, &lower_parts)
            .iter()
            .map(|found| match &found.title {
                Some(title) => format!("{}={}", line(&found.name), line(title)),
                None => line(&found.name),
            })
            .collect();
        assert_eq!(found, expected, "{typed}");
    }

    #[test]
    fn the_best_match_of_thirty_rooms_is_first() {
        let names: Vec<String> = (1..=30).map(|number| format!("room-{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        check("17", &names, &["room-[17]"]);
        check("#17", &names, &["room-[17]"]);
        check("room 17", &names, &["[room-17]"]);
        check("r17", &names, &["[r]oom-[17]"]);
        check("31", &names, &[]);
        check("room-31", &names, &[]);
        assert_eq!(find_rooms("room", &[], &lower_parts), []);
    }

    #[test]
    fn an_empty_text_matches_every_room_in_order() {
        for typed in ["", "  ", "#"] {
            check(typed, &["lobby", "cats=猫", "dogs"], &["lobby", "cats=猫", "dogs"]);
        }
        for typed in [" - ", "!?"] {
            check(typed, &["lobby", "cats=猫", "dogs"], &[]);
        }
    }

    #[test]
    fn whole_names_and_starts_of_words_are_better_matches() {
        let rooms = ["scatter", "big-cats", "cats", "cat", "concert-at", "dogs"];
        check("cat", &rooms, &["[cat]", "[cat]s", "big-[cat]s", "s[cat]ter", "[c]oncert-[at]"]);
    }

    #[test]
    fn one_typo_is_forgiven() {
        for typed in ["genral", "genreal", "genneral", "gemeral", "egneral", "Général"] {
            let first = find_rooms(typed, &[KnownRoom { room: "general".parse().unwrap(), title: None }], &lower_parts);
            assert_eq!(first.len(), 1, "{typed}");
        }
        check("gnrel", &["general"], &[]);
        check("ca", &["bo"], &[]);
        check("2026", &["2025", "2026-plans"], &["[2026]-plans"]);
        check("ideaz", &["big-ideas"], &["big-[ideas]"]);
    }

    #[test]
    fn titles_match_in_every_script() {
        let rooms = ["room-x1=日本語の部屋", "cafe=Café", "room-x2=カタカナ", "strasse=Straße", "moscow=Привет"];
        check("日本", &rooms, &["room-x1=[日本]語の部屋"]);
        check("CAFE", &rooms, &["[cafe]=[Café]"]);
        check("かた", &rooms, &["room-x2=[カタ]カナ"]);
        check("strasse", &rooms, &["[strasse]=[Straße]"]);
        check("привет", &rooms, &["moscow=[Привет]"]);
    }

    #[test]
    fn any_text_finds_the_room_that_it_names() {
        let mut random = fastrand::Rng::with_seed(1);
        for _ in 0..5_000 {
            let letter = |random: &mut fastrand::Rng| {
                random.choice(['a', 'b', '1', '-', 'é', '日', ' ', 'ß', '\u{301}']).unwrap()
            };
            let mut text =
                |from: usize| -> String { (0..random.usize(from..9)).map(|_| letter(&mut random)).collect() };
            let (title, typed) = (text(1), text(0));
            let Ok(title) = title.parse::<RoomTitle>() else { continue };
            let room = KnownRoom { room: "x".parse().unwrap(), title: Some(title.clone()) };
            let whole = |typed: &str| find_rooms(typed, std::slice::from_ref(&room), &lower_parts);
            assert_eq!(whole(title.as_str()).len(), 1, "{title}");
            for found in whole(&typed) {
                let shown: String = found.title.unwrap().iter().map(|part| part.text.as_str()).collect();
                assert_eq!(shown, title.as_str(), "{typed}");
            }
        }
    }
}
