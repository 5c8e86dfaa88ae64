//! The texts of pinned and saved messages. They are loaded with the dialogs.

use shared_types::Language;

use crate::i18n::Translations;

/// The texts of pinned and saved messages, in one language.
pub(crate) struct ListTexts {
    pub(crate) pins: &'static str,
    pub(crate) pins_hint: &'static str,
    pub(crate) no_pins: &'static str,
    pub(crate) pin: &'static str,
    pub(crate) unpin: &'static str,
    pub(crate) saved: &'static str,
    pub(crate) saved_hint: &'static str,
    pub(crate) nothing_saved: &'static str,
    pub(crate) save: &'static str,
    pub(crate) remove: &'static str,
    /// Confirmation.
    pub(crate) is_saved: &'static str,
    /// In place of a saved message.
    pub(crate) gone: &'static str,
    pub(crate) loading: &'static str,
    pub(crate) offline: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) again: &'static str,
    pub(crate) further: &'static str,
}

static ENGLISH: ListTexts = ListTexts {
    pins: "Pinned messages",
    pins_hint: "Everybody in this room sees these messages.",
    no_pins: "No message is pinned in this room.",
    pin: "Pin to the room",
    unpin: "Unpin",
    saved: "Saved messages",
    saved_hint: "Only you see this list.",
    nothing_saved: "You have saved no messages. “Save” is among the actions of each message.",
    save: "Save for yourself",
    remove: "Remove from the list",
    is_saved: "Saved. The search shows your saved messages.",
    gone: "This message was deleted or has expired.",
    loading: "Loading…",
    offline: "You are offline. The list is loaded as soon as the chat is connected again.",
    failed: "The list could not be read right now.",
    again: "Try again",
    further: "Show earlier",
};

static JAPANESE: ListTexts = ListTexts {
    pins: "ピン留めされたメッセージ",
    pins_hint: "このルームの全員に表示されます。",
    no_pins: "このルームにピン留めされたメッセージはありません。",
    pin: "ルームにピン留め",
    unpin: "ピン留めを外す",
    saved: "保存したメッセージ",
    saved_hint: "このリストはあなただけに表示されます。",
    nothing_saved: "保存したメッセージはありません。各メッセージの操作から保存できます。",
    save: "自分用に保存",
    remove: "リストから外す",
    is_saved: "保存しました。検索画面から一覧を開けます。",
    gone: "このメッセージは削除されたか、期限切れです。",
    loading: "読み込み中…",
    offline: "オフラインです。再接続するとリストを読み込みます。",
    failed: "リストを読み込めませんでした。",
    again: "もう一度読み込む",
    further: "さらに前を表示",
};

impl Translations {
    /// Returns the texts of pinned and saved messages. Only what is loaded on demand may call it.
    pub(crate) fn lists(&self) -> &'static ListTexts {
        match self.language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}
