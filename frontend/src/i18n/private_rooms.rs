//! The texts about the people of private rooms. They are loaded with the dialogs.

use shared_types::Language;

use crate::i18n::{Template, Translations};

/// The texts about the people of private rooms, in one language.
pub(crate) struct PrivateRoomTexts {
    /// Label of the choice of a room to which a person is added.
    pub(crate) add_to: &'static str,
    pub(crate) add: &'static str,
    /// Confirmation; takes the title of the room.
    pub(crate) added: Template,
    /// Hint above the invitations to the room.
    pub(crate) invitations: &'static str,
}

static ENGLISH: PrivateRoomTexts = PrivateRoomTexts {
    add_to: "Add to the private room",
    add: "Add",
    added: Template("The person is a member of #", " now."),
    invitations: "Only hosts see this list. A revoked link makes nobody a member any more; those who joined stay.",
};

static JAPANESE: PrivateRoomTexts = PrivateRoomTexts {
    add_to: "非公開ルームに追加",
    add: "追加",
    added: Template("#", " のメンバーに追加しました。"),
    invitations: "ホストだけに表示されます。取り消したリンクでは参加できません。参加済みの人はそのままです。",
};

impl Translations {
    /// Returns the texts about the people of private rooms. Only what is loaded on demand may call it.
    pub(crate) fn private_rooms(&self) -> &'static PrivateRoomTexts {
        match self.language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}
