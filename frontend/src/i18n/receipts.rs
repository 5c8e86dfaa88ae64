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
    /// The request was refused.
    pub(crate) failed: &'static str,
    /// Below a list that is not complete.
    pub(crate) more: &'static str,
    /// Checkbox of the room.
    pub(crate) switch: &'static str,
    /// In the details of a room that shows them.
    pub(crate) is_on: &'static str,
    /// In the audit log: switched off and on; take the room.
    audit: [Template; 2],
}

static ENGLISH: ReceiptTexts = ReceiptTexts {
    seen_by: Template("Seen by ", ""),
    show: "Seen by…",
    title: "Seen by",
    nobody: "Nobody else has been seen reading this message yet.",
    failed: "Who has seen this message cannot be loaded at the moment.",
    more: "There may be more readers.",
    switch: "Show who has read messages",
    is_on: "Everybody here sees who has read the messages.",
    audit: [Template("switched read receipts off in #", ""), Template("switched read receipts on in #", "")],
};

static JAPANESE: ReceiptTexts = ReceiptTexts {
    seen_by: Template("既読 ", ""),
    show: "既読の人…",
    title: "既読の人",
    nobody: "このメッセージを読んだ人はまだいません。",
    failed: "現在、既読の人を読み込めません。",
    more: "ほかにも読んだ人がいる可能性があります。",
    switch: "メッセージを読んだ人を表示する",
    is_on: "メッセージを読んだ人が全員に表示されます。",
    audit: [Template("#", " で既読の人の表示をオフにしました"), Template("#", " で既読の人の表示をオンにしました")],
};

impl ReceiptTexts {
    /// Returns what the audit log says of a room that was made to show who has read, or not any more.
    pub(crate) fn audit(&self, is_on: bool) -> &Template {
        &self.audit[usize::from(is_on)]
    }
}

impl Translations {
    /// Returns the texts of read receipts. Only what is loaded on demand may call it.
    pub(crate) fn receipts(&self) -> &'static ReceiptTexts {
        match self.language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}
