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
    let texts = translations.dialogs();
    [
        Group {
            name: texts.anywhere,
            keys: vec![
                ("Ctrl-K ⌘-K", translations.switch_rooms),
                ("/", translations.search),
                ("?", texts.shortcuts),
                ("Esc", translations.close),
            ],
        },
        Group {
            name: texts.while_writing,
            keys: vec![
                ("Enter", translations.send),
                ("Shift-Enter", texts.line_break),
                ("↑", texts.edit_last),
                ("Ctrl-B ⌘-B", texts.bold),
                ("Ctrl-I ⌘-I", texts.italic),
                ("Ctrl-E ⌘-E", texts.code),
                ("Ctrl-K ⌘-K", texts.link_selected),
                ("Esc", texts.stop_writing),
            ],
        },
        Group {
            name: texts.among_messages,
            keys: vec![
                ("↑ ↓", texts.other_message),
                ("Home End", texts.first_or_last),
                ("→ ←", texts.next_button),
                ("R", translations.dialogs().reply),
                ("L", translations.dialogs().copy),
                ("C", texts.copy_text),
                ("E", translations.dialogs().edit),
                ("A +", texts.react_to),
                ("Delete", translations.dialogs().delete),
            ],
        },
        Group { name: texts.at_an_image, keys: vec![("← →", texts.other_image)] },
    ]
}
