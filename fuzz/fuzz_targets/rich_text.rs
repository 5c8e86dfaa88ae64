//! The HTML of every message is safe: no text and no mentioned name adds a script or other active content. It shows everything
//! that was typed, except for the delimiters of marks.

#![no_main]

use std::sync::LazyLock;

use chat::{content::html_cache::HtmlCache, fuzzing::{check_html, check_shown}};
use libfuzzer_sys::fuzz_target;
use shared_types::{ChatMessage, Person, Rev, RoomName, Seq, Timestamp};

/// Mentioned people. Some names try to inject HTML or Markdown.
static PEOPLE: LazyLock<Vec<Person>> = LazyLock::new(|| {
    ["Ann", "<b>", "x\" onclick=\"y", "太郎", "R&D", "`", "](javascript:x)", "a_b"].map(person).to_vec()
});

fuzz_target!(|text: &str| {
    let Ok(text) = text.parse() else { return };
    let message = ChatMessage {
        seq: Seq(1),
        rev: Rev(1),
        author: person("Ann"),
        nonce: "n".parse().expect("a nonce"),
        text: Some(text),
        html: None,
        image: None,
        reply_to: None,
        mentions: PEOPLE.clone(),
        sent_at: Timestamp(1),
        edited_at: None,
        deleted: false,
        reactions: Vec::new(),
        pinned: None,
        poll: None,
        thread: None,
        in_room: false,
        replies: None,
    };
    let message = HtmlCache::new(0).with_html(&RoomName::lobby(), message);
    if let Some(html) = message.html {
        assert_eq!(check_html(&html), Ok(()), "{html}");
        assert_eq!(check_shown(message.text.as_ref().map_or("", |text| text.as_str()), &html), Ok(()), "{html}");
    }
});

fn person(name: &str) -> Person {
    Person { id: "p".parse().expect("an id"), name: name.parse().expect("a name"), moderator: false, appearance: Default::default() }
}
