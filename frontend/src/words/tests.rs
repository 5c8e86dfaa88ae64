mod strays;

use super::*;

/// The sentences of a catalogue by their names, as its own description of itself has them.
fn sentences(language: Language) -> Vec<(String, String)> {
    let mut sentences: Vec<(String, String)> = Vec::new();
    for line in format!("{:#?}", Words::of(language)).lines() {
        // A field stands four spaces in, the parts of its sentence further in.
        if line.starts_with("    ") && line.as_bytes().get(4).is_some_and(u8::is_ascii_lowercase) {
            let name = line.split(':').next().unwrap_or_default().trim();
            sentences.push((name.to_owned(), String::new()));
        }
        if let Some((_, sentence)) = sentences.last_mut()
            && let (Some(from), Some(to)) = (line.find('"'), line.rfind('"'))
        {
            sentence.push_str(&line[from + 1..to]);
        }
    }
    sentences.retain(|(name, _)| name != "language" && name != "date");
    sentences
}

fn is_japanese(letter: char) -> bool {
    // Punctuation, kana, kanji, and the full-width forms.
    matches!(letter, '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

#[test]
fn no_sentence_is_empty_and_every_japanese_one_is_japanese() {
    let [english, japanese] = [Language::English, Language::Japanese].map(sentences);
    assert!(english.len() > 50, "{english:?}");
    assert_eq!(english.len(), japanese.len());
    for ((name, english), (_, japanese)) in english.iter().zip(&japanese) {
        assert!(!english.trim().is_empty() && !japanese.trim().is_empty(), "{name} says nothing");
        assert!(japanese.contains(is_japanese), "{name} is not Japanese: {japanese}");
        assert!(!english.contains(is_japanese) || name == "choose_language", "{name} is not English: {english}");
    }
}

#[test]
fn numbers_are_counted_as_each_language_counts() {
    let [english, japanese] = [Language::English, Language::Japanese].map(Words::of);
    let limit = limits::TEXT_CHARS;
    for (said, expected) in [
        (english.counter(limit - 2), "2 characters left"),
        (english.counter(limit - 1), "1 character left"),
        (english.counter(limit), "0 characters left"),
        (english.counter(limit + 1), "1 character too long"),
        (english.counter(limit + 2), "2 characters too long"),
        (japanese.counter(limit - 1), "残り1文字"),
        (japanese.counter(limit + 2), "2文字超過しています"),
        (english.online.of(1), "1 online"),
        (japanese.online.of(2), "2人がオンライン"),
        (english.retrying(0), "Trying again…"),
        (english.retrying(3), "Trying again in 3 s"),
        (japanese.retrying(3), "3秒後に再接続"),
    ] {
        assert_eq!(said, expected);
    }
}
