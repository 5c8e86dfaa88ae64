//! Nobody reads a sentence that is not in the catalogues.

use std::{fs, path::Path};

/// The attributes that people read or hear.
const SPOKEN: [&str; 6] = ["aria-label", "aria-description", "aria-roledescription", "title", "placeholder", "alt"];

/// What looks like a word to be read and is none: names that a browser gives to keys, headers and what is dragged.
const NONE: [&str; 17] = [
    "ArrowDown",
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "Content-Type",
    "Ctrl-K ⌘-K",
    "Delete",
    "End",
    "Enter",
    "Esc",
    "Escape",
    "Files",
    "Home",
    "Home End",
    "Notification",
    "Shift-Enter",
    "Tab",
];

#[test]
fn whatever_people_read_comes_from_the_catalogues() {
    let mut files = 0;
    for source in ["src", "model/src"] {
        visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join(source), &mut |path, text| {
            files += 1;
            let strays = strays(text);
            assert!(strays.is_empty(), "{}: these belong in i18n: {strays:#?}", path.display());
        });
    }
    assert!(files > 30, "only {files} files were looked at");
}

#[test]
fn a_stray_sentence_is_found() {
    for (code, expected) in [
        (r#"view! { <p>"hello there"</p> }"#, vec!["hello there"]),
        (r#"view! { <p>{x}" online"</p> }"#, vec![" online"]),
        (r##"view! { <span>"#"</span> }"##, vec![]),
        (r#"view! { <p title="close"></p> }"#, vec!["close"]),
        (r#"view! { <p aria-label=["in ", room].concat()></p> }"#, vec!["in "]),
        (r#"view! { <img alt="" class="image" /> }"#, vec![]),
        (r#"let label = "Uploading";"#, vec!["Uploading"]),
        (r#"let label = "送信";"#, vec!["送信"]),
        (r#"// It says "Hello"."#, vec![]),
        (r#"Some("Enter") => "pending""#, vec![]),
        ("#[cfg(test)]\nmod tests { \"Hello\" }", vec![]),
    ] {
        assert_eq!(strays(code), expected, "{code}");
    }
}

fn visit(folder: &Path, look: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        // The gallery is for those who work on the page.
        if name == "i18n" || name == "tests" || name == "gallery" {
            continue;
        }
        if path.is_dir() {
            visit(&path, look);
        } else {
            look(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}

/// The literals of some code that people would read.
fn strays(code: &str) -> Vec<&str> {
    let mut strays = Vec::new();
    // What precedes a literal: the code since the last one, without comments.
    let mut before = String::new();
    for line in code.lines().take_while(|line| !line.starts_with("#[cfg(test)]")) {
        let mut rest = line;
        loop {
            let end = rest.find(['"', '/']).unwrap_or(rest.len());
            before.push_str(&rest[..end]);
            rest = &rest[end..];
            if rest.is_empty() || rest.starts_with("//") {
                before.push(' ');
                break;
            }
            if let Some(slash) = rest.strip_prefix('/') {
                before.push('/');
                rest = slash;
                continue;
            }
            // One that goes on in the next line is looked at as far as it is here.
            let (literal, after) = rest[1..].split_once('"').unwrap_or((&rest[1..], ""));
            if is_read(&before, literal) {
                strays.push(literal);
            }
            before.push_str("\"\"");
            rest = after;
        }
    }
    strays
}

fn is_read(before: &str, literal: &str) -> bool {
    if !literal.contains(char::is_alphabetic) || NONE.contains(&literal) {
        return false;
    }
    // A lint's reason, a mark in markup.
    if before.ends_with("reason = ") || literal.starts_with('<') {
        return false;
    }
    let text_node = before.trim_end().ends_with(['>', '}']) && !before.trim_end().ends_with("=>");
    let attribute = before.rsplit(char::is_whitespace).map(|part| part.split_once('=')).find(Option::is_some).flatten();
    let spoken = attribute.is_some_and(|(name, _)| SPOKEN.contains(&name));
    text_node || spoken || is_sentence(literal)
}

/// Whether it begins as a sentence or a label does, or is in no Latin script.
fn is_sentence(literal: &str) -> bool {
    let mut letters = literal.trim_start().chars();
    let begins = letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase);
    begins || literal.chars().any(|letter| letter.is_alphabetic() && u32::from(letter) > 0x24f)
}
