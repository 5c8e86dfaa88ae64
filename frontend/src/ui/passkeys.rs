//! Passkeys: the section of the dialog "Your devices", and the button that signs in. The script `passkeys.js` does the rest, so that the
//! program needs nothing of WebAuthn. It shows them in browsers that have passkeys.

use page_view::{Element, element};

use crate::i18n::Translations;

/// Address of the script. It keeps its name in every version of the page.
const SCRIPT: &str = "/assets/app/passkeys.js";

/// Draws the list of passkeys with the button that adds one.
pub(crate) fn section(translations: &'static Translations) -> Element {
    let texts = translations.passkeys();
    let status = element("p").class("name-hint").with("role", "status");
    let section = element("section")
        .class("part")
        .with("aria-labelledby", "passkeys-title")
        .child(element("h3").with("id", "passkeys-title").text(texts.passkeys))
        .child(element("p").class("name-hint").text(texts.hint))
        .child(element("ul").class("invitations").with("role", "list"))
        .child(element("button").class("button").with("type", "button").text(texts.add))
        .child(status)
        .with("data-remove", texts.remove)
        .with("data-remove-one", texts.remove_one)
        .with("data-created", texts.created)
        .with("data-created-here", texts.created_here)
        .with("data-created-out", texts.created_out)
        .with("data-left", texts.left)
        .with("data-remove-left", texts.remove_left)
        .with("data-last", texts.last)
        .with("data-added", texts.added)
        .with("data-removed", texts.removed)
        .with("data-known", texts.known)
        .with("data-full", texts.full)
        .with("data-elsewhere", texts.elsewhere)
        .with("data-sure", texts.sure)
        .with("data-cancelled", texts.not_added);
    with_script(section, "list", translations)
}

/// Draws the button that signs in with a passkey, and then loads the page again, or the one of the attribute `data-path`. With the
/// name of the visitor in the attribute `data-you` the button has to be clicked twice. `class` is that of the button.
pub(crate) fn sign_in(translations: &'static Translations, class: &'static str) -> Element {
    let texts = translations.passkeys();
    let way = element("div")
        .child(element("button").class(class).with("type", "button").text(texts.sign_in))
        .child(element("p").with("role", "status"))
        .with("data-gone", texts.gone)
        .with("data-enter-first", texts.enter_first)
        .with("data-confirm", texts.confirm)
        .with("data-anyway", texts.anyway)
        .with("data-cancelled", texts.not_found);
    with_script(way, "sign-in", translations)
}

/// Completes an element with what both have. It is hidden until the script finds that the browser has passkeys.
fn with_script(part: Element, kind: &'static str, translations: &'static Translations) -> Element {
    let texts = translations.passkeys();
    part.with("hidden", "")
        .with("data-passkeys", kind)
        .with("data-failed", texts.failed)
        .with("data-often", texts.often)
        .with("data-address", texts.address)
        .with("data-banned", texts.banned)
        .child(element("script").with("src", SCRIPT).with("async", ""))
}
