//! The keys that do something, as the sheet lists them. `e2e/tests/keyboard.spec.ts` presses every one that stands here.

use crate::i18n::Words;

/// Keys and what they do: a hyphen stands between keys that are pressed together, a space between one way and another.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) keys: Vec<(&'static str, &'static str)>,
}

/// Every shortcut there is.
pub(crate) fn shortcuts(words: &Words) -> [Group; 4] {
    [
        Group {
            name: words.anywhere,
            keys: vec![
                ("Ctrl-K ⌘-K", words.switch_rooms),
                ("/", words.search),
                ("?", words.shortcuts),
                ("Esc", words.close),
            ],
        },
        Group {
            name: words.while_writing,
            keys: vec![
                ("Enter", words.send),
                ("Shift-Enter", words.line_break),
                ("↑", words.edit_last),
                ("Esc", words.stop_writing),
            ],
        },
        Group {
            name: words.among_messages,
            keys: vec![
                ("↑ ↓", words.other_message),
                ("Home End", words.first_or_last),
                ("→ ←", words.along),
                ("R", words.reply),
                ("L", words.copy),
                ("E", words.edit),
                ("A +", words.react_to),
                ("Delete", words.delete),
            ],
        },
        Group { name: words.at_an_image, keys: vec![("← →", words.other_image)] },
    ]
}
