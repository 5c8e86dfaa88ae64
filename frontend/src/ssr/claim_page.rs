//! The page of an owner link: one button makes its visitor an owner.
//!
//! The token is in the address after `#`, which no server sees. A small script puts it into the form, and without scripts the visitor
//! pastes it.

use page_view::{Element, element};
use shared_types::Language;

use crate::{
    i18n::{Translations, claim::ClaimTexts},
    ssr::{html, index_template::IndexTemplate, notice},
};

/// The script that puts the token into the form. It keeps its name in every version of the page.
const SCRIPT: &str = "/assets/app/claim.js";

/// Why a claim failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimProblem {
    /// It is no owner link of this chat.
    Unknown,
    /// The link was used before.
    Used,
    /// The link has expired.
    Expired,
    /// The visitor has to sign in with the provider first.
    NotSignedIn,
    /// The form does not come from a page of this chat.
    Foreign,
    /// There were too many attempts.
    TooManyAttempts {
        /// How long to wait before the next attempt.
        seconds: u64,
    },
}

/// Renders the page of an owner link.
pub fn claim_page(template: &IndexTemplate, language: Language, problem: Option<ClaimProblem>) -> String {
    let translations = Translations::of(language);
    let texts = ClaimTexts::of(language);
    let problem = problem.map(|problem| {
        let sentence = problem.sentence(translations, texts);
        element("p").with("id", "trouble").class("trouble").with("role", "alert").text(sentence)
    });
    let why = element("p").text(texts.why);
    let script = element("script").with("src", SCRIPT).with("async", "");
    let form = form(texts, problem.is_some());
    let parts = [Some(why), problem, Some(form), Some(script)];
    let body = html(|| notice(texts.title, parts.into_iter().flatten()));
    template.fill(translations, texts.title, "", &body)
}

fn form(texts: &'static ClaimTexts, has_problem: bool) -> Element {
    let field = element("input")
        .with("type", "text")
        .with("name", "token")
        .with("autocomplete", "off")
        .with("autocapitalize", "off")
        .with("spellcheck", "false")
        .with("required", "")
        .optional_attribute("aria-describedby", has_problem.then_some("trouble"));
    let label = element("label").class("name-label").child(element("span").text(texts.token)).child(field);
    element("form")
        .class("entry-form")
        .with("id", "claim")
        .with("method", "post")
        .with("action", "/claim")
        .child(label)
        .child(element("button").class("button primary").text(texts.claim))
}

impl ClaimProblem {
    fn sentence(self, translations: &Translations, texts: &ClaimTexts) -> String {
        match self {
            Self::Unknown => texts.unknown.into(),
            Self::Used => texts.used.into(),
            Self::Expired => texts.expired.into(),
            Self::NotSignedIn => texts.not_signed_in.into(),
            Self::Foreign => texts.foreign.into(),
            Self::TooManyAttempts { seconds } => {
                translations.too_many_attempts.of(usize::try_from(seconds).unwrap_or(usize::MAX))
            }
        }
    }
}
