//! Formatting of the selected text in the composer: adds the marks of a format, or removes them.

use crate::keys::{KeyPress, Platform};

/// A format that the composer offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `**bold**`.
    Bold,
    /// `*italic*`.
    Italic,
    /// Code in a line, or lines of code.
    Code,
    /// `[text](address)`.
    Link,
}

/// The text of the field, divided at the selection.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// The text before the selection.
    pub before: &'a str,
    /// The selected text.
    pub selected: &'a str,
    /// The text after the selection.
    pub after: &'a str,
}

/// A change of the field: a range of it is replaced, and a part of the new text is selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldEdit {
    /// How much before the selection is replaced, too, in UTF-16 units.
    pub before: u32,
    /// How much after the selection is replaced, too, in UTF-16 units.
    pub after: u32,
    /// The new text.
    pub text: String,
    /// The start of the new selection in the new text, in UTF-16 units.
    pub select_from: u32,
    /// The end of the new selection in the new text, in UTF-16 units.
    pub select_to: u32,
}

impl Format {
    /// The format of a shortcut in the composer. Control+K opens the rooms, unless a text is selected that becomes a link.
    pub fn of_key(key: &KeyPress<'_>, platform: Platform, is_selected: bool) -> Option<Self> {
        if key.is_composing || key.shift || key.alt || !key.is_command(platform) {
            return None;
        }
        let formats = [("b", "KeyB", Self::Bold), ("i", "KeyI", Self::Italic), ("e", "KeyE", Self::Code)];
        let link = is_selected.then_some(("k", "KeyK", Self::Link));
        let mut formats = formats.into_iter().chain(link);
        formats.find(|(letter, code, _)| key.is_letter(letter, code)).map(|(.., format)| format)
    }

    /// Adds the marks of the format around a selection, or removes them if they are there.
    pub fn toggle(self, selection: Selection<'_>) -> FieldEdit {
        match self {
            Self::Bold => toggle_marks(selection, "**"),
            Self::Italic => toggle_marks(selection, "*"),
            Self::Code if selection.selected.contains('\n') => toggle_fence(selection),
            Self::Code => toggle_marks(selection, "`"),
            Self::Link => toggle_link(selection),
        }
    }
}

fn toggle_marks(Selection { before, selected, after }: Selection<'_>, mark: &str) -> FieldEdit {
    let length = mark.len();
    if ends_with_mark(before.bytes().rev(), mark) && ends_with_mark(after.bytes(), mark) {
        return edit((length, length), ["", selected, ""]);
    }
    let is_marked = selected.len() > 2 * length
        && ends_with_mark(selected.bytes(), mark)
        && ends_with_mark(selected.bytes().rev(), mark);
    if is_marked {
        return edit((0, 0), ["", &selected[length..selected.len() - length], ""]);
    }
    // Marks apply beside a word only, so spaces stay outside.
    let text = selected.trim();
    let start = selected.len() - selected.trim_start().len();
    let [leading, trailing] = [&selected[..start], &selected[start + text.len()..]];
    edit((0, 0), [&[leading, mark].concat(), text, &[mark, trailing].concat()])
}

/// Whether a text, read from one of its ends, has a mark there. One star is italic, two are bold, and three are both.
fn ends_with_mark(bytes: impl Iterator<Item = u8>, mark: &str) -> bool {
    let letter = mark.as_bytes()[0];
    let count = bytes.take_while(|byte| *byte == letter).count();
    match mark {
        "*" => count % 2 == 1,
        _ => count >= mark.len(),
    }
}

/// Puts lines of code between two fences, each on a line of its own.
fn toggle_fence(Selection { before, selected, after }: Selection<'_>) -> FieldEdit {
    const FENCE: &str = "```";
    if before.ends_with("```\n") && after.starts_with("\n```") {
        return edit((4, 4), ["", selected, ""]);
    }
    let start = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    let end = if after.is_empty() || after.starts_with('\n') { "" } else { "\n" };
    edit((0, 0), [&[start, FENCE, "\n"].concat(), selected, &["\n", FENCE, end].concat()])
}

/// Makes a link of a text, whose address is then typed, or of an address, whose text is then typed.
fn toggle_link(Selection { before, selected, after }: Selection<'_>) -> FieldEdit {
    if before.ends_with('[')
        && let Some(address) =
            after.strip_prefix("](").and_then(|rest| rest.split_once(')')).map(|(address, _)| address)
    {
        return edit((1, utf16(address) as usize + 3), ["", selected, ""]);
    }
    let text = selected.trim();
    let is_address =
        ["http://", "https://"].iter().any(|scheme| text.starts_with(scheme)) && !text.contains(char::is_whitespace);
    if is_address {
        edit((0, 0), ["[", "", &["](", text, ")"].concat()])
    } else {
        edit((0, 0), [&["[", text, "]("].concat(), "", ")"])
    }
}

/// The edit that replaces the selection and so much around it by three texts, and selects the second.
fn edit((before, after): (usize, usize), [start, selected, end]: [&str; 3]) -> FieldEdit {
    FieldEdit {
        before: before as u32,
        after: after as u32,
        text: [start, selected, end].concat(),
        select_from: utf16(start),
        select_to: utf16(start) + utf16(selected),
    }
}

fn utf16(text: &str) -> u32 {
    text.encode_utf16().count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Formats a text in which brackets of the kind `⟨` are the ends of the selection. Returns it in the same form.
    fn toggled(format: Format, text: &str) -> String {
        let (before, rest) = text.split_once('⟨').unwrap();
        let (selected, after) = rest.split_once('⟩').unwrap();
        let edit = format.toggle(Selection { before, selected, after });
        let units = |text: &str| text.encode_utf16().collect::<Vec<_>>();
        let (before, after, new) = (units(before), units(after), units(&edit.text));
        let text = |units: &[u16]| String::from_utf16(units).unwrap();
        let [from, to] = [edit.select_from as usize, edit.select_to as usize];
        [
            &text(&before[..before.len() - edit.before as usize]),
            &text(&new[..from]),
            "⟨",
            &text(&new[from..to]),
            "⟩",
            &text(&new[to..]),
            &text(&after[edit.after as usize..]),
        ]
        .concat()
    }

    #[test]
    fn a_format_is_added_and_removed() {
        use Format::{Bold, Code, Italic, Link};
        for (format, text, marked) in [
            (Bold, "a ⟨b⟩ c", "a **⟨b⟩** c"),
            (Bold, "⟨⟩", "**⟨⟩**"),
            (Italic, "⟨日本😀⟩", "*⟨日本😀⟩*"),
            (Italic, "**⟨b⟩**", "***⟨b⟩***"),
            (Bold, "*⟨b⟩*", "***⟨b⟩***"),
            (Code, "⟨x⟩", "`⟨x⟩`"),
            (Code, "⟨a\nb⟩", "```\n⟨a\nb⟩\n```"),
        ] {
            assert_eq!(toggled(format, text), marked, "{format:?} added to {text}");
            assert_eq!(toggled(format, marked), text, "{format:?} removed from {marked}");
        }
        for (format, text, marked) in [
            (Bold, "⟨ b ⟩", " **⟨b⟩** "),
            (Bold, "⟨**b**⟩", "⟨b⟩"),
            (Italic, "⟨**b**⟩", "*⟨**b**⟩*"),
            (Code, "see ⟨a\nb⟩ it", "see \n```\n⟨a\nb⟩\n```\n it"),
            (Link, "⟨here⟩", "[here](⟨⟩)"),
            (Link, "⟨https://example.com/😀⟩", "[⟨⟩](https://example.com/😀)"),
            (Link, "[⟨here⟩](https://example.com/😀) x", "⟨here⟩ x"),
        ] {
            assert_eq!(toggled(format, text), marked, "{format:?} on {text}");
        }
    }

    #[test]
    fn shortcuts_of_formats_differ_by_platform_and_selection() {
        let press = |key, ctrl, meta| KeyPress { key, ctrl, meta, ..KeyPress::default() };
        for (key, ctrl, meta, platform, is_selected, expected) in [
            ("b", true, false, Platform::Other, false, Some(Format::Bold)),
            ("I", true, false, Platform::Other, true, Some(Format::Italic)),
            ("e", false, true, Platform::Apple, false, Some(Format::Code)),
            ("e", true, false, Platform::Apple, false, None),
            ("k", true, false, Platform::Other, true, Some(Format::Link)),
            ("k", true, false, Platform::Other, false, None),
            ("b", false, false, Platform::Other, true, None),
        ] {
            assert_eq!(Format::of_key(&press(key, ctrl, meta), platform, is_selected), expected, "{key}");
        }
        let composing = KeyPress { is_composing: true, ..press("b", true, false) };
        assert_eq!(Format::of_key(&composing, Platform::Other, true), None);
    }
}
