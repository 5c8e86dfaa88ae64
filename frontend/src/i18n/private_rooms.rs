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
    /// Heading of the invitations to the room, and the hint below it.
    pub(crate) invitations_title: &'static str,
    pub(crate) invitations: &'static str,
    /// Button of a direct message, and the same button at the second click.
    pub(crate) leave_direct: &'static str,
    pub(crate) leave_direct_confirm: &'static str,
    /// Says that somebody removed the visitor; takes the title of the room.
    pub(crate) removed: Template,
    /// The text that the visitor had written there.
    pub(crate) was_writing: Template,
}

static ENGLISH: PrivateRoomTexts = PrivateRoomTexts {
    add_to: "Add to the private room",
    add: "Add",
    added: Template("The person is a member of #", " now."),
    invitations_title: "Invitations to this room",
    invitations: "Only hosts see this list. A revoked link makes nobody a member any more; those who joined stay.",
    leave_direct: "Leave this conversation",
    leave_direct_confirm: "Really leave? It comes back with the next message.",
    removed: Template("You are no longer a member of #", "."),
    was_writing: Template("You had written: “", "”"),
};

static JAPANESE: PrivateRoomTexts = PrivateRoomTexts {
    add_to: "非公開ルームに追加",
    add: "追加",
    added: Template("#", " のメンバーに追加しました。"),
    invitations_title: "このルームへの招待",
    invitations: "ホストだけに表示されます。取り消したリンクでは参加できません。参加済みの人はそのままです。",
    leave_direct: "この会話を退出",
    leave_direct_confirm: "本当に退出しますか？ 次のメッセージで戻ります。",
    removed: Template("#", " のメンバーではなくなりました。"),
    was_writing: Template("書きかけの文章: 「", "」"),
};

impl Translations {
    /// Returns the texts about the people of private rooms. Only what is loaded on demand may call it.
    #[inline(never)]
    pub(crate) fn private_rooms(&self) -> &'static PrivateRoomTexts {
        match self.language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}
