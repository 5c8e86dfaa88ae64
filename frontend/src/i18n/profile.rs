//! The texts of the profile. They are loaded with the dialogs.

use shared_types::{Language, NameError, limits};

use crate::i18n::{Plural, Template, Translations};

/// The texts of the profile, in one language.
pub(crate) struct ProfileTexts {
    /// Title of the dialog.
    pub(crate) title: &'static str,
    pub(crate) choose_picture: &'static str,
    pub(crate) remove_picture: &'static str,
    /// Says below the picture what applies once the profile is saved.
    pub(crate) picture_chosen: &'static str,
    pub(crate) picture_removed: &'static str,
    pub(crate) preparing: &'static str,
    pub(crate) status: &'static str,
    /// Example in the empty field.
    pub(crate) status_example: &'static str,
    chars_left: Plural,
    chars_over: Plural,
    status_long: Template,
    status_character: &'static str,
    pub(crate) colour: &'static str,
    pub(crate) automatic: &'static str,
    /// The names of the hues.
    pub(crate) hues: [&'static str; 12],
    pub(crate) loading: &'static str,
    pub(crate) not_loaded: &'static str,
    /// The server did not store the profile.
    pub(crate) not_saved: &'static str,
    /// The server did not answer in time.
    pub(crate) unanswered: &'static str,
    /// The upload of the picture failed.
    pub(crate) picture_lost: &'static str,
    /// What was saved is not what the visitor sees: another device saved at the same time.
    pub(crate) changed_elsewhere: &'static str,
    /// The connection was lost before the server confirmed the profile.
    pub(crate) unconfirmed: &'static str,
}

static ENGLISH: ProfileTexts = ProfileTexts {
    title: "Your profile",
    choose_picture: "Choose picture",
    remove_picture: "Remove picture",
    picture_chosen: "Everyone sees this picture after you save.",
    picture_removed: "The picture is removed when you save.",
    preparing: "Preparing the picture…",
    status: "Status",
    status_example: "On holiday until Monday",
    chars_left: Plural { one: Template("", " character left"), other: Template("", " characters left") },
    chars_over: Plural { one: Template("", " character too many"), other: Template("", " characters too many") },
    status_long: Template("A status has at most ", " characters."),
    status_character: "This status has a character that nobody could see. Please type it again.",
    colour: "Colour",
    automatic: "Automatic",
    hues: [
        "Red",
        "Orange",
        "Amber",
        "Olive",
        "Green",
        "Sea green",
        "Turquoise",
        "Sky blue",
        "Blue",
        "Violet",
        "Purple",
        "Pink",
    ],
    loading: "Loading your profile…",
    not_loaded: "Picture, status and colour cannot be changed right now.",
    not_saved: "This could not be saved. Please try again.",
    unanswered: "The chat did not answer. Please save again.",
    picture_lost: "The picture did not get through. Please save again.",
    changed_elsewhere: "Another device changed your profile at the same time. This is what is stored now.",
    unconfirmed: "The connection was lost. Please save again.",
};

static JAPANESE: ProfileTexts = ProfileTexts {
    title: "プロフィール",
    choose_picture: "画像を選ぶ",
    remove_picture: "画像を削除",
    picture_chosen: "保存すると、この画像が全員に表示されます。",
    picture_removed: "保存すると、画像が削除されます。",
    preparing: "画像を準備しています…",
    status: "ステータス",
    status_example: "月曜日まで休暇中です",
    chars_left: Plural { one: Template("残り", "文字"), other: Template("残り", "文字") },
    chars_over: Plural {
        one: Template("", "文字超過しています"), other: Template("", "文字超過しています")
    },
    status_long: Template("ステータスは", "文字以内で入力してください。"),
    status_character: "ステータスに、表示されない文字が含まれています。入力し直してください。",
    colour: "色",
    automatic: "自動",
    hues: [
        "赤",
        "オレンジ",
        "琥珀色",
        "オリーブ",
        "緑",
        "エメラルド",
        "ターコイズ",
        "空色",
        "青",
        "すみれ色",
        "紫",
        "ピンク",
    ],
    loading: "プロフィールを読み込んでいます…",
    not_loaded: "現在、画像、ステータス、色は変更できません。",
    not_saved: "保存できませんでした。もう一度お試しください。",
    unanswered: "チャットから応答がありません。もう一度保存してください。",
    picture_lost: "画像を送信できませんでした。もう一度保存してください。",
    changed_elsewhere: "同時に別の端末でプロフィールが変更されました。現在の内容を表示しています。",
    unconfirmed: "接続が切れました。もう一度保存してください。",
};

impl Translations {
    /// Returns the texts of the profile. Only what is loaded on demand may call it.
    #[inline(never)]
    pub(crate) fn profile(&self) -> &'static ProfileTexts {
        match self.language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}

impl ProfileTexts {
    /// Returns how many characters of a status are left, or too many.
    pub(crate) fn chars_left(&self, chars: usize) -> String {
        match limits::STATUS_CHARS.checked_sub(chars) {
            Some(left) => self.chars_left.of(left),
            None => self.chars_over.of(chars - limits::STATUS_CHARS),
        }
    }

    /// Returns why a status is invalid.
    pub(crate) fn bad_status(&self, error: NameError) -> String {
        match error {
            NameError::TooLong { limit } => self.status_long.with(&limit.to_string()),
            NameError::Empty | NameError::Character => self.status_character.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_hue_has_a_name_of_its_own() {
        for texts in [&ENGLISH, &JAPANESE] {
            assert_eq!(texts.hues.len(), usize::from(limits::HUES));
            assert_eq!(BTreeSet::from(texts.hues).len(), texts.hues.len());
        }
    }

    #[test]
    fn a_status_says_how_much_is_left_and_what_is_wrong() {
        let long = NameError::TooLong { limit: 80 };
        assert_eq!(
            [
                ENGLISH.chars_left(0),
                ENGLISH.chars_left(79),
                ENGLISH.chars_left(81),
                ENGLISH.chars_left(160),
                ENGLISH.bad_status(long)
            ],
            [
                "80 characters left",
                "1 character left",
                "1 character too many",
                "80 characters too many",
                "A status has at most 80 characters."
            ]
        );
        assert_eq!(
            [JAPANESE.chars_left(5), JAPANESE.bad_status(long)],
            ["残り75文字", "ステータスは80文字以内で入力してください。"]
        );
    }
}
