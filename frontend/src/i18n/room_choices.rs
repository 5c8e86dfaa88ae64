//! The texts of the list of rooms. They are loaded on demand.

use shared_types::Language;

use crate::i18n::{Template, Translations};

/// The texts of the buttons beside a room, in one language. Each template takes the title or the name of the room, with its mark.
pub(crate) struct RoomChoiceTexts {
    pub(crate) mark_read: Template,
    pub(crate) remove: Template,
    /// After it was taken off the list.
    pub(crate) removed: Template,
    pub(crate) undo: &'static str,
    /// Label of the button that makes a room a favourite, or no favourite any more: its state says which.
    pub(crate) favourite: Template,
    /// Labels of the button that orders the list: what a click does.
    pub(crate) by_activity: &'static str,
    pub(crate) by_name: &'static str,
    pub(crate) mute: &'static str,
    pub(crate) unmute: &'static str,
    pub(crate) muted: &'static str,
    pub(crate) not_refreshed: &'static str,
    /// Tooltip of the mark of a room with unsent messages.
    pub(crate) unsent: &'static str,
    /// The same after the name of the room, for screen readers.
    pub(crate) is_unsent: &'static str,
}

static ENGLISH: RoomChoiceTexts = RoomChoiceTexts {
    mark_read: Template("Mark ", " as read"),
    remove: Template("Take ", " off the list"),
    removed: Template("", " is off the list."),
    undo: "Undo",
    favourite: Template("Favourite: ", ""),
    by_activity: "Sort by activity",
    by_name: "Sort by name",
    mute: "Mute this room",
    unmute: "Unmute this room",
    muted: "Muted: only mentions are shown",
    not_refreshed: "What is new in other rooms could not be loaded.",
    unsent: "Unsent message",
    is_unsent: ", unsent message",
};

static JAPANESE: RoomChoiceTexts = RoomChoiceTexts {
    mark_read: Template("", " を既読にする"),
    remove: Template("", " を一覧から外す"),
    removed: Template("", " を一覧から外しました。"),
    undo: "元に戻す",
    favourite: Template("お気に入り: ", ""),
    by_activity: "新着順に並べる",
    by_name: "名前順に並べる",
    mute: "このルームをミュート",
    unmute: "ミュートを解除",
    muted: "ミュート中（メンションのみ表示）",
    not_refreshed: "ほかのルームの新着を読み込めませんでした。",
    unsent: "未送信のメッセージ",
    is_unsent: "、未送信のメッセージあり",
};

impl Translations {
    /// Returns the texts of the buttons beside a room. Only what is loaded on demand may call it.
    #[inline(never)]
    pub(crate) fn room_choices(&self) -> &'static RoomChoiceTexts {
        match self.language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}
