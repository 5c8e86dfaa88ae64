//! Checks that the source contains no user-visible text outside the catalogues.

use std::{fs, path::Path};

/// Attributes whose values are shown or read out.
const TEXT_ATTRIBUTES: [&str; 6] =
    ["aria-label", "aria-description", "aria-roledescription", "title", "placeholder", "alt"];

/// Literals that look like text but are names: keys, headers, drag types.
const NAMES: [&str; 32] = [
    "Adobe",
    "ArrowDown",
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "CR3",
    "Content-Type",
    "Ctrl-B ⌘-B",
    "Ctrl-E ⌘-E",
    "Ctrl-I ⌘-I",
    "Ctrl-K ⌘-K",
    "Delete",
    "End",
    "Enter",
    "Esc",
    "Escape",
    "Exif\\0\\0",
    "Files",
    "Home",
    "Home End",
    "JPEG 2000",
    "JPEG XL",
    "KeyB",
    "KeyE",
    "KeyI",
    "KeyK",
    "Notification",
    "PDF",
    "Photoshop",
    "Shift-Enter",
    "TIFF",
    "Tab",
];

#[test]
fn the_source_contains_no_untranslated_text() {
    let mut files = 0;
    for source in ["src", "model/src"] {
        visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join(source), &mut |path, text| {
            files += 1;
            let found = untranslated(text);
            assert!(found.is_empty(), "{}: move these texts to i18n: {found:#?}", path.display());
        });
    }
    assert!(files > 30, "only {files} files were checked");
}

#[test]
fn untranslated_text_is_found() {
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
        assert_eq!(untranslated(code), expected, "{code}");
    }
}

fn visit(folder: &Path, check: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        // Only developers see the gallery.
        if name == "i18n" || name == "tests" || name == "gallery" {
            continue;
        }
        if path.is_dir() {
            visit(&path, check);
        } else {
            check(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}

/// Returns the literals in `code` that users would read.
fn untranslated(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    // The code before a literal, without comments and without the contents of other literals.
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
            // Of a literal that continues on the next line, only this part is checked.
            let (literal, after) = rest[1..].split_once('"').unwrap_or((&rest[1..], ""));
            if is_visible(&before, literal) {
                found.push(literal);
            }
            before.push_str("\"\"");
            rest = after;
        }
    }
    found
}

fn is_visible(before: &str, literal: &str) -> bool {
    if !literal.contains(char::is_alphabetic) || NAMES.contains(&literal) {
        return false;
    }
    // The reason of a lint attribute, or markup.
    if before.ends_with("reason = ") || literal.starts_with('<') {
        return false;
    }
    let text_node = before.trim_end().ends_with(['>', '}']) && !before.trim_end().ends_with("=>");
    let attribute = before.rsplit(char::is_whitespace).map(|part| part.split_once('=')).find(Option::is_some).flatten();
    let text_attribute = attribute.is_some_and(|(name, _)| TEXT_ATTRIBUTES.contains(&name));
    text_node || text_attribute || is_sentence(literal)
}

/// Whether a literal begins with a capitalized word, or contains letters of a non-Latin script.
fn is_sentence(literal: &str) -> bool {
    let mut letters = literal.trim_start().chars();
    let begins = letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase);
    begins || literal.chars().any(|letter| letter.is_alphabetic() && u32::from(letter) > 0x24f)
}
