//! The address `/admin`: the page of the lobby for owners, and a sentence for all others.

use page_view::element;
use shared_types::Language;

use crate::{
    i18n::{Translations, administration_page::AdministrationPageTexts},
    ssr::{html, index_template::IndexTemplate, main_link, notice},
};

/// Renders the page for visitors who are no owners.
pub fn owners_only_page(template: &IndexTemplate, language: Language) -> String {
    let (translations, texts) = (Translations::of(language), AdministrationPageTexts::of(language));
    let why = element("p").text(texts.owners_only);
    let body = html(|| notice(texts.title, [why, main_link("/", translations.to_lobby)]));
    template.fill(translations, texts.title, "", &body)
}

/// Returns the page of a room with a sentence for browsers without scripts: the administration is a dialog of the program.
pub fn with_script_hint(page: &str, language: Language) -> String {
    let texts = AdministrationPageTexts::of(language);
    let hint = html(|| {
        let hint = element("div").class("failure").with("role", "status").child(element("p").text(texts.needs_script));
        element("noscript").child(hint)
    });
    // The element of the program comes first in the body, and it may contain nothing else.
    page.replacen("<div id=\"app\"", &[&hint, "<div id=\"app\""].concat(), 1)
}
