//! The attacks of the browser tests (`e2e/attacks/`), as texts of every other field in which people write: each is refused, or stored
//! without characters that are invisible or act on their surroundings. How texts are drawn is tested with names and messages.

#![allow(clippy::unwrap_used, reason = "a failed test panics")]

use std::str::FromStr;

use serde::Deserialize;
use serde_json::Value;
use shared_types::{NameError, PollOptionText, RoomDescription, RoomTitle, RoomTopic, StatusText, limits};

/// An entry of the corpus.
#[derive(Deserialize)]
struct Attack {
    id: String,
    /// A text, or a list of parts, some of which are repeated.
    payload: Value,
    /// What a name is refused for, if it is.
    expect: Option<String>,
}

impl Attack {
    fn text(&self) -> String {
        let part = |part: &Value| match part.as_str() {
            Some(text) => text.to_owned(),
            None => part["of"].as_str().unwrap().repeat(part["times"].as_u64().unwrap() as usize),
        };
        match &self.payload {
            Value::Array(parts) => parts.iter().map(part).collect(),
            text => part(text),
        }
    }
}

/// Parses a text, and parses the result again.
type Parse = fn(&str) -> Result<[String; 2], NameError>;

fn parse<T: FromStr<Err = NameError> + ToString>(text: &str) -> Result<[String; 2], NameError> {
    let parsed = text.parse::<T>()?.to_string();
    let again = parsed.parse::<T>()?.to_string();
    Ok([parsed, again])
}

const FIELDS: [(&str, usize, Parse); 5] = [
    ("room title", limits::TITLE_CHARS, parse::<RoomTitle>),
    ("topic", limits::TOPIC_CHARS, parse::<RoomTopic>),
    ("description", limits::DESCRIPTION_CHARS, parse::<RoomDescription>),
    ("status", limits::STATUS_CHARS, parse::<StatusText>),
    ("poll option", limits::POLL_OPTION_CHARS, parse::<PollOptionText>),
];

fn attacks() -> (Vec<Attack>, Vec<Attack>) {
    let read = |corpus| serde_json::from_str::<Vec<Attack>>(corpus).unwrap();
    (read(include_str!("../../e2e/attacks/names.json")), read(include_str!("../../e2e/attacks/texts.json")))
}

/// Whether a character is invisible or changes how others are drawn. Joiners are allowed between the letters and emoji that need them.
fn is_harmful(char: char, field: &str) -> bool {
    // A description keeps white space, which is drawn as such.
    if char.is_whitespace() && field == "description" {
        return false;
    }
    char.is_control()
        || matches!(char,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{180E}' | '\u{200B}' | '\u{200E}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}')
}

#[test]
fn an_attack_is_refused_or_stored_without_harmful_characters() {
    let (names, texts) = attacks();
    let mut stored = 0;
    for attack in names.iter().chain(&texts) {
        for (field, limit, parse) in FIELDS {
            let Ok([parsed, again]) = parse(&attack.text()) else { continue };
            stored += 1;
            let harmful = parsed.chars().find(|char| is_harmful(*char, field));
            assert_eq!(harmful, None, "{} as {field}", attack.id);
            assert!((1..=limit).contains(&parsed.chars().count()), "{} as {field}", attack.id);
            assert!(parsed.chars().any(|char| !char.is_whitespace()), "{} as {field}", attack.id);
            assert_eq!(parsed, again, "{} as {field}: what is stored can be read again", attack.id);
            let json = serde_json::to_string(&parsed).unwrap();
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), parsed, "{} as {field}", attack.id);
        }
    }
    assert!(stored > 500, "{stored} texts are plain text");
}

#[test]
fn what_is_no_name_is_no_other_line_either() {
    let (names, _) = attacks();
    // A title may mix scripts and join what is not joined, because it is nobody's name, and other fields are longer than names.
    let only_names = ["too-long", "spaces-long", "joiner-useless", "emoji-joiner"];
    let is_for_names_only = |id: &str| id.starts_with("homograph") || only_names.contains(&id);
    let refused = names.iter().filter(|attack| attack.expect.is_some() && !is_for_names_only(&attack.id));
    let mut count = 0;
    for attack in refused {
        count += 1;
        for (field, _, parse) in FIELDS {
            assert!(parse(&attack.text()).is_err(), "{} as {field}", attack.id);
        }
    }
    assert!(count > 20, "{count} attacks");
}
