//! The texts of the directory of open rooms. They are loaded with the dialogs.

use shared_types::{Language, RoomRules};

use crate::i18n::{Template, Translations};

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
    /// The hint for moderators, who see the rules of the rooms.
    pub(crate) rules_hint: &'static str,
    /// Marks of a room.
    open: &'static str,
    is_archived: &'static str,
    read_only: &'static str,
    /// Takes the time between two messages.
    slow_mode: Template,
    /// Takes the time after which messages are deleted.
    kept_for: Template,
}

impl DirectoryTexts {
    /// Returns the marks of a room with these rules.
    pub(crate) fn marks(&self, translations: &Translations, rules: RoomRules) -> Vec<String> {
        let state = if rules.archived { self.is_archived } else { self.open };
        let slow = (rules.slow > 0).then(|| self.slow_mode.with(&translations.span(rules.slow.into())));
        let read_only = rules.read_only.then(|| self.read_only.to_owned());
        let days = rules.keep_days.filter(|days| *days > 0);
        let kept_for = days.map(|days| self.kept_for.with(&translations.keep_days(days.into())));
        [Some(state.to_owned()), read_only, slow, kept_for].into_iter().flatten().collect()
    }
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
    rules_hint: "Open rooms of this chat, with their rules, and your own private rooms. Private rooms of others are not shown.",
    open: "Open",
    is_archived: "Archived",
    read_only: "Read-only",
    slow_mode: Template("Slow mode: ", ""),
    kept_for: Template("Messages kept for ", ""),
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
    rules_hint: "このチャットの公開ルームとその設定、および自分の非公開ルームです。ほかの人の非公開ルームは表示されません。",
    open: "公開",
    is_archived: "アーカイブ済み",
    read_only: "閲覧のみ",
    slow_mode: Template("低速モード：", ""),
    kept_for: Template("メッセージの保存期間：", ""),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_of_a_room_follow_its_rules() {
        let all = RoomRules { slow: 30, read_only: true, archived: true, member_pins: true, keep_days: Some(7) };
        for (language, rules, marks) in [
            (Language::English, RoomRules::default(), vec!["Open"]),
            (Language::English, RoomRules { keep_days: Some(0), ..RoomRules::default() }, vec!["Open"]),
            (Language::English, all, vec!["Archived", "Read-only", "Slow mode: 30 s", "Messages kept for 7 days"]),
            (
                Language::Japanese,
                all,
                vec!["アーカイブ済み", "閲覧のみ", "低速モード：30秒", "メッセージの保存期間：7日"],
            ),
        ] {
            let translations = Translations::of(language);
            assert_eq!(translations.directory().marks(translations, rules), marks);
        }
    }
}
