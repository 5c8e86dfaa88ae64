//! The texts of read receipts. They are loaded with the dialogs.

use shared_types::Language;

use crate::i18n::{Template, Translations};

/// The texts of read receipts, in one language.
pub(crate) struct ReceiptTexts {
    /// The line under a message; takes the number of people.
    pub(crate) seen_by: Template,
    /// Action of a message.
    pub(crate) show: &'static str,
    /// Title of the list.
    pub(crate) title: &'static str,
    pub(crate) nobody: &'static str,
    /// Below a list that is not complete.
    pub(crate) more: &'static str,
    /// Checkbox of the room.
    pub(crate) switch: &'static str,
    /// In the details of a room that shows them.
    pub(crate) is_on: &'static str,
}

static ENGLISH: ReceiptTexts = ReceiptTexts {
    seen_by: Template("Seen by ", ""),
    show: "Seen by…",
    title: "Seen by",
    nobody: "Nobody else has been seen reading this message yet.",
    more: "Not all readers are listed.",
    switch: "Show who has read messages",
    is_on: "Everybody here sees who has read the messages.",
};

static JAPANESE: ReceiptTexts = ReceiptTexts {
    seen_by: Template("既読 ", ""),
    show: "既読の人…",
    title: "既読の人",
    nobody: "このメッセージを読んだ人はまだいません。",
    more: "一覧にない人も読んでいます。",
    switch: "メッセージを読んだ人を表示する",
    is_on: "メッセージを読んだ人が全員に表示されます。",
};

impl Translations {
    /// Returns the texts of read receipts. Only what is loaded on demand may call it.
    pub(crate) fn receipts(&self) -> &'static ReceiptTexts {
        match self.language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}
