//! The keyboard shortcuts, as the dialog lists them. `e2e/tests/keyboard.spec.ts` presses every one of them.

use crate::i18n::Translations;

/// A group of shortcuts.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    /// Keys and descriptions. Hyphens join keys that are pressed together; spaces separate alternatives.
    pub(crate) keys: Vec<(&'static str, &'static str)>,
}

/// Returns all shortcuts.
pub(crate) fn shortcuts(translations: &Translations) -> [Group; 4] {
    [
        Group {
            name: translations.anywhere,
            keys: vec![
                ("Ctrl-K ⌘-K", translations.switch_rooms),
                ("/", translations.search),
                ("?", translations.shortcuts),
                ("Esc", translations.close),
            ],
        },
        Group {
            name: translations.while_writing,
            keys: vec![
                ("Enter", translations.send),
                ("Shift-Enter", translations.line_break),
                ("↑", translations.edit_last),
                ("Esc", translations.stop_writing),
            ],
        },
        Group {
            name: translations.among_messages,
            keys: vec![
                ("↑ ↓", translations.other_message),
                ("Home End", translations.first_or_last),
                ("→ ←", translations.next_button),
                ("R", translations.reply),
                ("L", translations.copy),
                ("E", translations.edit),
                ("A +", translations.react_to),
                ("Delete", translations.delete),
            ],
        },
        Group { name: translations.at_an_image, keys: vec![("← →", translations.other_image)] },
    ]
}
