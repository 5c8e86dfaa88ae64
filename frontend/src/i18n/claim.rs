//! The texts of the page of an owner link. Only the server renders it.

use shared_types::Language;

/// The texts of the page of an owner link, in one language.
pub(crate) struct ClaimTexts {
    pub(crate) title: &'static str,
    pub(crate) why: &'static str,
    pub(crate) token: &'static str,
    pub(crate) claim: &'static str,
    pub(crate) unknown: &'static str,
    pub(crate) used: &'static str,
    pub(crate) expired: &'static str,
    pub(crate) not_signed_in: &'static str,
    pub(crate) foreign: &'static str,
}

static ENGLISH: ClaimTexts = ClaimTexts {
    title: "Become the owner of this chat",
    why: "An owner decides who moderates. This browser will be the owner’s: the link works once.",
    token: "Code of the owner link",
    claim: "Become the owner",
    unknown: "This is not an owner link of this chat. Please copy the whole link, or make a new one.",
    used: "This link was used before, and works once. Please make a new one.",
    expired: "This link has expired: it works for a day. Please make a new one.",
    not_signed_in: "Please sign in to the chat first. Then open the link again.",
    foreign: "This did not come from a page of this chat. Please open the link again.",
};

static JAPANESE: ClaimTexts = ClaimTexts {
    title: "このチャットのオーナーになる",
    why: "オーナーは、モデレーターを決める人です。このブラウザーがオーナーになります。リンクは一度だけ使えます。",
    token: "オーナー用リンクのコード",
    claim: "オーナーになる",
    unknown: "このチャットのオーナー用リンクではありません。リンク全体をコピーするか、新しいリンクを作ってください。",
    used: "このリンクはすでに使われています。一度しか使えないので、新しいリンクを作ってください。",
    expired: "このリンクは期限切れです。有効なのは一日だけなので、新しいリンクを作ってください。",
    not_signed_in: "先にチャットにサインインしてから、リンクをもう一度開いてください。",
    foreign: "このチャットのページから送られたものではありません。リンクをもう一度開いてください。",
};

impl ClaimTexts {
    /// Returns the texts of a language.
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}
