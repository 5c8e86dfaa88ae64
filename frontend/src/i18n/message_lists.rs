//! The texts of pinned and saved messages and of polls. They are loaded with the dialogs.

use shared_types::Language;

use crate::i18n::{Template, Translations};

/// The texts of pinned and saved messages and of polls, in one language.
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
    pub(crate) close_poll: &'static str,
    /// Title of the dialog that makes a poll.
    pub(crate) poll: &'static str,
    pub(crate) question: &'static str,
    pub(crate) options: &'static str,
    pub(crate) several: &'static str,
    pub(crate) poll_hint: &'static str,
    pub(crate) no_question: &'static str,
    pub(crate) option_count: &'static str,
    pub(crate) option_repeated: &'static str,
    pub(crate) option_long: Template,
    pub(crate) option_character: &'static str,
    pub(crate) sending: &'static str,
    pub(crate) not_sent: &'static str,
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
    close_poll: "Close the poll",
    poll: "New poll",
    question: "Question",
    options: "Options, one in each line",
    several: "Several choices",
    poll_hint: "2 to 20 options. A question that people have voted on cannot be edited.",
    no_question: "A poll needs a question of at most 4,000 characters.",
    option_count: "A poll has 2 to 20 options.",
    option_repeated: "Two options are the same.",
    option_long: Template("An option can have ", " characters."),
    option_character: "An option has a character that is not allowed there.",
    sending: "Sending…",
    not_sent: "The poll could not be sent right now. Send it again; it is not sent twice.",
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
    close_poll: "投票を締め切る",
    poll: "新しい投票",
    question: "質問",
    options: "選択肢（1行に1つ）",
    several: "複数選択可",
    poll_hint: "選択肢は2〜20個です。投票が始まった質問は編集できません。",
    no_question: "4,000文字以内の質問を入力してください。",
    option_count: "選択肢は2〜20個にしてください。",
    option_repeated: "同じ選択肢が2つあります。",
    option_long: Template("選択肢は", "文字までです。"),
    option_character: "選択肢に使えない文字があります。",
    sending: "送信中…",
    not_sent: "投票を送信できませんでした。もう一度送信してください（二重には送信されません）。",
};

impl Translations {
    /// Returns the texts of pinned and saved messages and of polls. Only what is loaded on demand may call it.
    pub(crate) fn lists(&self) -> &'static ListTexts {
        match self.language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}
