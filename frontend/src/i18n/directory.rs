//! The texts of the directory of open rooms. They are loaded with the dialogs.

use shared_types::Language;

use crate::i18n::Translations;

/// The texts of the directory of open rooms, in one language.
pub(crate) struct DirectoryTexts {
    /// Title of the dialog, and label of the button that opens it.
    pub(crate) title: &'static str,
    pub(crate) filter: &'static str,
    pub(crate) archived: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) archived_hint: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) no_match: &'static str,
    pub(crate) nothing_archived: &'static str,
    pub(crate) offline: &'static str,
    pub(crate) failed: &'static str,
    /// Button that loads further rooms.
    pub(crate) more: &'static str,
    /// In place of the number of people.
    pub(crate) many: &'static str,
}

static ENGLISH: DirectoryTexts = DirectoryTexts {
    title: "All rooms",
    filter: "Find a room by title, topic or address",
    archived: "Archived rooms",
    hint: "Open rooms of this chat. The one with the newest message is first.",
    archived_hint: "Archived rooms can be read, and nobody writes there.",
    nothing: "No open room has a message yet.",
    no_match: "No room matches.",
    nothing_archived: "No room is archived.",
    offline: "You are offline. The rooms are loaded as soon as the chat is connected again.",
    more: "Show more rooms",
    failed: "The rooms could not be read right now.",
    many: "more than 25 online",
};

static JAPANESE: DirectoryTexts = DirectoryTexts {
    title: "すべてのルーム",
    filter: "タイトル・トピック・アドレスで探す",
    archived: "アーカイブ済みのルーム",
    hint: "このチャットの公開ルームです。新しいメッセージがある順に並びます。",
    archived_hint: "アーカイブ済みのルームは閲覧のみで、書き込めません。",
    nothing: "メッセージのある公開ルームはまだありません。",
    no_match: "該当するルームはありません。",
    nothing_archived: "アーカイブ済みのルームはありません。",
    offline: "オフラインです。再接続するとルームを読み込みます。",
    more: "さらに表示",
    failed: "ルームを読み込めませんでした。",
    many: "25人より多くオンライン",
};

impl Translations {
    /// Returns the texts of the directory of open rooms. Only what is loaded on demand may call it.
    #[inline(never)]
    pub(crate) fn directory(&self) -> &'static DirectoryTexts {
        match self.language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}
