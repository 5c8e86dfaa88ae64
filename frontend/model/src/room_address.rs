//! The room that a visitor means with what they type: an address of `a-z`, `0-9` and hyphens, and a title in any script.

use shared_types::{NameError, RoomName, RoomTitle, limits::ROOM_CHARS};

use crate::search::fold;

/// Number of letters that stand for what an address cannot show. 31 letters make 31^6 = 887 million values: of 1,000 rooms, two have the
/// same value with a probability of 1,000² / 2 / 887 million = 0.06%.
const HASH_LETTERS: usize = 6;
/// The letters of a hash. Without vowels they form no words.
const ALPHABET: &[u8; 31] = b"0123456789bcdfghjklmnpqrstvwxyz";

/// What a visitor typed as a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedRoom {
    /// The address.
    pub room: RoomName,
    /// The title, if it says more than the address.
    pub title: Option<RoomTitle>,
}

/// The room for what a visitor typed. The same text always has the same address, so people who type one name meet in one room.
///
/// Letters lose accents and case, and other characters become one hyphen. Letters of other scripts cannot be in an address: a hash of the
/// whole text stands for them. `lower_parts` returns the compatible parts of a character (Unicode's NFKD) in lower case.
///
/// # Errors
///
/// [`NameError`] if the text is empty, too long for a title, or has invisible characters or no letter, digit or symbol.
pub fn typed_room(typed: &str, lower_parts: &dyn Fn(char) -> String) -> Result<TypedRoom, NameError> {
    let typed = typed.trim().trim_start_matches(['#', '＃']);
    let title: RoomTitle = typed.parse()?;
    let letters: Vec<char> = title.as_str().chars().collect();
    let folded: Vec<char> = fold(&letters, lower_parts).into_iter().map(|(letter, _)| letter).collect();
    let words: Vec<String> = folded
        .split(|letter| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(String::from_iter)
        .collect();
    let mut address = words.join("-");
    if address.is_empty() && folded.iter().all(char::is_ascii) {
        return Err(NameError::Character);
    }
    let is_incomplete = address.is_empty() || folded.iter().any(|letter| is_foreign(*letter));
    if is_incomplete || address.len() > ROOM_CHARS {
        if address.is_empty() {
            address.push_str("room");
        }
        address.truncate(ROOM_CHARS - HASH_LETTERS - 1);
        address.truncate(address.trim_end_matches('-').len());
        address.push('-');
        address.push_str(&hash(&folded));
    }
    let room: RoomName = address.parse()?;
    let title = Some(title).filter(|title| title.as_str() != room.as_str());
    Ok(TypedRoom { room, title })
}

/// Whether a folded letter is part of a word, and cannot be in an address. Spaces, punctuation and emoji separate words.
fn is_foreign(letter: char) -> bool {
    !letter.is_ascii()
        && !matches!(letter,
            '\u{80}'..='\u{bf}' | '\u{2000}'..='\u{206f}' | '\u{2190}'..='\u{2bff}' | '\u{3000}'..='\u{303f}'
            | '\u{fe00}'..='\u{fe6f}' | '\u{1f000}'..='\u{1faff}')
}

/// Returns a hash (FNV-1a) of folded letters.
fn hash(folded: &[char]) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in folded.iter().collect::<String>().bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    // The last bits of the last letters are mixed into all others.
    hash ^= hash >> 32;
    let letter = |place: usize| {
        let digit = hash / (ALPHABET.len() as u64).pow(place as u32) % ALPHABET.len() as u64;
        char::from(ALPHABET[digit as usize])
    };
    (0..HASH_LETTERS).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shared_types::limits::TITLE_CHARS;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn lower_parts(letter: char) -> String {
        std::iter::once(letter).nfkd().flat_map(char::to_lowercase).collect()
    }

    fn typed(text: &str) -> Result<TypedRoom, NameError> {
        typed_room(text, &lower_parts)
    }

    #[test]
    fn typed_names_become_addresses() {
        for (text, address, title) in [
            ("cats", "cats", None),
            ("#cats", "cats", None),
            ("＃cats", "cats", None),
            ("17", "17", None),
            ("a--b", "a-b", Some("a--b")),
            ("Cats", "cats", Some("Cats")),
            (" Big  Cats ", "big-cats", Some("Big Cats")),
            ("big\u{3000}cats", "big-cats", Some("big cats")),
            ("Foo Bar!", "foo-bar", Some("Foo Bar!")),
            ("Café", "cafe", Some("Café")),
            ("Cafe\u{301}", "cafe", Some("Cafe\u{301}")),
            ("Straße", "strasse", Some("Straße")),
            ("ＡＢＣ１", "abc1", Some("ＡＢＣ１")),
            ("R&D / 2026…", "r-d-2026", Some("R&D / 2026…")),
            ("cats 🐱", "cats", Some("cats 🐱")),
            ("../../etc/passwd", "etc-passwd", Some("../../etc/passwd")),
            ("<b>x</b>", "b-x-b", Some("<b>x</b>")),
        ] {
            let expected =
                TypedRoom { room: address.parse().unwrap(), title: title.map(|title| title.parse().unwrap()) };
            assert_eq!(typed(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn names_without_an_address_are_rejected() {
        for (text, expected) in [
            ("", NameError::Empty),
            (" # ", NameError::Empty),
            ("\u{3000}", NameError::Empty),
            ("!?", NameError::Character),
            ("…？", NameError::Character),
            ("a\u{202e}b", NameError::Character),
            ("\u{200b}", NameError::Character),
            ("a\0", NameError::Character),
            (&"x".repeat(TITLE_CHARS + 1), NameError::TooLong { limit: TITLE_CHARS }),
            (&" ".repeat(100_000), NameError::Empty),
        ] {
            assert_eq!(typed(text), Err(expected), "{}", text.escape_debug());
        }
    }

    #[test]
    fn names_in_other_scripts_have_one_address_each() {
        let texts = ["日本語", "日本", "猫", "مرحبا", "Привет", "🐱", "東京 2026", "大阪 2026", "สวัสดี", "Αθήνα"];
        let mut addresses = BTreeSet::new();
        for text in texts {
            let TypedRoom { room, title } = typed(text).unwrap();
            assert_eq!(title.unwrap().as_str(), text);
            assert!(room.as_str().contains('-') && room.as_str().len() <= 12, "{room}");
            addresses.insert(room);
        }
        assert_eq!(addresses.len(), texts.len());
        // These never change: they are in links.
        assert_eq!(typed("日本語").unwrap().room.as_str(), "room-d7bvgr");
        assert_eq!(typed("東京 2026").unwrap().room.as_str(), "2026-dk2k9j");
    }

    #[test]
    fn equal_names_in_other_forms_have_the_same_address() {
        for (one, other) in [
            ("カタカナ", "かたかな"),
            ("が", "か\u{3099}"),
            ("ПРИВЕТ", "привет"),
            (" 日本  語 ", "日本 語"),
            ("ﾊﾟ", "パ"),
        ] {
            assert_eq!(typed(one).unwrap().room, typed(other).unwrap().room, "{one}");
        }
    }

    #[test]
    fn long_names_have_valid_addresses_of_their_own() {
        let [one, other] = ["a", "b"].map(|end| ["x".repeat(TITLE_CHARS - 1), end.to_owned()].concat());
        let [one, other] = [one, other].map(|text| typed(&text).unwrap().room);
        assert!(one != other && one.as_str().len() == ROOM_CHARS, "{one} {other}");
        let longest = "x".repeat(ROOM_CHARS);
        assert_eq!(typed(&longest).unwrap().room.as_str(), longest);
        assert!(typed(&"語".repeat(TITLE_CHARS)).is_ok());
    }

    #[test]
    fn any_text_has_an_address_or_an_error() {
        let mut random = fastrand::Rng::with_seed(1);
        for _ in 0..20_000 {
            let letters = |random: &mut fastrand::Rng| match random.bool() {
                true => random.choice(['a', '-', '#', ' ', '语', 'é', '\u{200d}', '😀', '\n']).unwrap(),
                false => random.char(..),
            };
            let text: String = (0..random.usize(0..90)).map(|_| letters(&mut random)).collect();
            if let Ok(TypedRoom { room, .. }) = typed(&text) {
                assert_eq!(typed(room.as_str()).unwrap(), TypedRoom { room, title: None }, "{text:?}");
            }
        }
    }
}
