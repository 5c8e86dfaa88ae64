//! The texts of pinned and saved messages and of polls. They are loaded with the dialogs.

use shared_types::Language;

use crate::i18n::Translations;

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
    pub(crate) offline: &'static str,
    pub(crate) close_poll: &'static str,
    /// Title of the dialog that makes a poll.
    pub(crate) poll: &'static str,
    pub(crate) question: &'static str,
    pub(crate) options: &'static str,
    pub(crate) several: &'static str,
    pub(crate) poll_hint: &'static str,
    /// If something is wrong with the poll.
    pub(crate) poll_wrong: &'static str,
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
    offline: "You are offline. The list is loaded as soon as the chat is connected again.",
    close_poll: "Close the poll",
    poll: "New poll",
    question: "Question",
    options: "Options, one in each line",
    several: "Several choices",
    poll_hint: "A question that people have voted on cannot be edited.",
    poll_wrong: "A poll needs a question and 2 to 20 different options of at most 70 characters.",
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
    offline: "オフラインです。再接続するとリストを読み込みます。",
    close_poll: "投票を締め切る",
    poll: "新しい投票",
    question: "質問",
    options: "選択肢（1行に1つ）",
    several: "複数選択可",
    poll_hint: "投票が始まった質問は編集できません。",
    poll_wrong: "質問と、それぞれ70文字以内の異なる選択肢を2〜20個入力してください。",
    not_sent: "投票を送信できませんでした。もう一度送信してください（二重には送信されません）。",
};

impl Translations {
    /// Returns the texts of pinned and saved messages and of polls. Only what is loaded on demand may call it.
    #[inline(never)]
    pub(crate) fn lists(&self) -> &'static ListTexts {
        match self.language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}
