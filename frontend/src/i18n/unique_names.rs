//! The texts about names of which only one person in a room can have each. They are loaded with the dialogs.

use shared_types::Language;

use crate::i18n::{Template, Translations};

/// The texts about unique names, in one language.
pub(crate) struct UniqueNameTexts {
    /// Label of the checkbox with which owners want it.
    pub(crate) switch: &'static str,
    pub(crate) switch_hint: &'static str,
    /// The hint in a chat whose names come from a provider.
    pub(crate) no_effect: &'static str,
    /// Refusal of a name, beside its field.
    pub(crate) taken: &'static str,
    /// Refusal of a name that mixes scripts.
    pub(crate) confusable: &'static str,
    /// Tells a visitor under which name they came in; takes the name. It is isolated, because it may be written from right to left.
    pub(crate) numbered: Template,
    /// Entry of the audit log.
    pub(crate) audit_on: &'static str,
    /// Entry of the audit log.
    pub(crate) audit_off: &'static str,
    /// Between such an entry and the one about name and icon.
    pub(crate) audit_and: &'static str,
}

static ENGLISH: UniqueNameTexts = UniqueNameTexts {
    switch: "People in a room have different names",
    switch_hint: "Nobody can take the name of somebody who is in the room. Who comes in with such a name gets a number: “Ann 2”.",
    no_effect: "This has no effect here: the sign-in provider gives the names.",
    taken: "Somebody here has this name already. Please choose another one.",
    confusable: "This name mixes alphabets, so that it can be mistaken for another one. Please use the letters of one alphabet.",
    numbered: Template("Somebody here has your name already. You are “\u{2068}", "\u{2069}” for now."),
    audit_on: "wanted different names in a room",
    audit_off: "allowed equal names in a room",
    audit_and: "; ",
};

static JAPANESE: UniqueNameTexts = UniqueNameTexts {
    switch: "同じルームの人の名前を重複させない",
    switch_hint: "ルームにいる人と同じ名前は使えません。同じ名前で入室した人には「Ann 2」のように番号が付きます。",
    no_effect: "名前はサインイン先で決まるため、ここでは効果がありません。",
    taken: "この名前の人がすでにいます。別の名前を入力してください。",
    confusable: "文字の種類が混ざった名前は、ほかの名前と紛らわしいため使えません。1種類の文字で入力してください。",
    numbered: Template("同じ名前の人がいるため、今は「\u{2068}", "\u{2069}」と表示されます。"),
    audit_on: "同じルームの人の名前を重複させないようにしました",
    audit_off: "同じルームの人が同じ名前を使えるようにしました",
    audit_and: "。",
};

impl Translations {
    /// Returns the texts about unique names. Only what is loaded on demand may call it.
    #[inline(never)]
    pub(crate) fn unique_names(&self) -> &'static UniqueNameTexts {
        match self.language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}
