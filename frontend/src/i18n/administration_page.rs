//! The texts of the address `/admin`. Only the server renders them.

use shared_types::Language;

/// The texts of the address `/admin`, in one language.
pub(crate) struct AdministrationPageTexts {
    pub(crate) title: &'static str,
    pub(crate) owners_only: &'static str,
    pub(crate) needs_script: &'static str,
}

static ENGLISH: AdministrationPageTexts = AdministrationPageTexts {
    title: "Administration",
    owners_only: "Only owners of this chat can open its administration. If you are one, open this page in the browser in which you became an owner, or ask another owner for the role.",
    needs_script: "The administration needs JavaScript. Turn it on and reload this page.",
};

static JAPANESE: AdministrationPageTexts = AdministrationPageTexts {
    title: "管理",
    owners_only: "管理画面を開けるのは、このチャットのオーナーだけです。オーナーの方は、オーナーになったときのブラウザーで開くか、ほかのオーナーに役割を付けてもらってください。",
    needs_script: "管理画面にはJavaScriptが必要です。有効にしてから、このページを再読み込みしてください。",
};

impl AdministrationPageTexts {
    /// Returns the texts of a language.
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}
