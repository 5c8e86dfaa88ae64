//! The sign-in page: a passphrase form, or a link to the provider.

use page_view::{Element, element};
use shared_types::{Language, RoomName};

use crate::{
    i18n::Translations,
    ssr::{html, index_template::IndexTemplate, main_link, notice},
    ui::passkeys,
};

/// Path of the page that an invitation to a private room leads to.
pub const JOIN_PATH: &str = "/join";

/// The settings of a sign-in page.
#[derive(Clone, Copy, Debug)]
pub struct SignInPage<'a> {
    /// How visitors sign in.
    pub method: SignInMethod,
    /// The room that the visitor enters afterwards.
    pub room: &'a RoomName,
    /// Why the last attempt failed.
    pub problem: Option<SignInProblem>,
    /// Whether the visitor follows an invitation to a private room, which goes on afterwards.
    pub is_invited: bool,
}

/// How visitors sign in to a chat that is not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInMethod {
    /// With a passphrase.
    Passphrase,
    /// With an OpenID Connect provider.
    SignIn,
}

/// Why a sign-in failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInProblem {
    /// The passphrase is wrong.
    WrongPassphrase,
    /// There were too many attempts.
    TooManyAttempts {
        /// How long to wait before the next attempt.
        seconds: u64,
    },
    /// The provider refused the sign-in.
    ProviderRefused,
    /// The provider returned an invalid response, or none.
    ProviderFailed,
    /// The callback does not belong to a sign-in of this browser, or came too late.
    Expired,
    /// The device was signed out from another one.
    SignedOut,
}

/// Renders the sign-in page. It needs no script, except to sign in with a passkey.
pub fn sign_in_page(template: &IndexTemplate, language: Language, page: SignInPage<'_>) -> String {
    let translations = Translations::of(language);
    let (title, why) = match page.method {
        SignInMethod::Passphrase => (translations.passphrase_title, translations.passphrase_why),
        SignInMethod::SignIn => (translations.sign_in_title, translations.sign_in_why),
    };
    let why = if page.is_invited { translations.enter_first } else { why };
    let problem = page.problem.map(|problem| problem.sentence(translations, page.method));
    let problem = problem
        .map(|sentence| element("p").with("id", "trouble").class("trouble").with("role", "alert").text(sentence));
    let way = match page.method {
        SignInMethod::Passphrase => passphrase(translations, page),
        SignInMethod::SignIn => main_link(format!("/sign-in?to={}", page.room.path()), translations.sign_in),
    };
    let passkey = (page.method == SignInMethod::Passphrase)
        .then(|| passkeys::sign_in(translations, "button").with("data-path", page.path_after()));
    let parts = [Some(element("p").text(why)), problem, Some(way), passkey];
    let body = html(|| notice(title, parts.into_iter().flatten()));
    template.fill(translations, title, "", &body)
}

fn passphrase(translations: &'static Translations, page: SignInPage<'_>) -> Element {
    let is_wrong = page.problem == Some(SignInProblem::WrongPassphrase);
    let to = element("input").with("type", "hidden").with("name", "to").with("value", page.room.path());
    // Password managers store a passphrase under a name. All visitors share this one.
    let username = element("input")
        .with("type", "text")
        .with("name", "username")
        .with("value", "chat")
        .with("autocomplete", "username")
        .with("readonly", "")
        .with("hidden", "");
    let field = element("input")
        .with("type", "password")
        .with("name", "passphrase")
        .with("autocomplete", "current-password")
        .with("required", "")
        .with("autofocus", "")
        .optional_attribute("aria-invalid", is_wrong.then_some("true"))
        .optional_attribute("aria-describedby", page.problem.map(|_| "trouble"));
    let label = element("label").class("name-label").child(element("span").text(translations.passphrase)).child(field);
    element("form")
        .class("entry-form")
        .with("method", "post")
        .with("action", "/enter")
        .child(to)
        .child(username)
        .child(label)
        .child(element("button").class("button primary").text(translations.enter))
}

impl SignInPage<'_> {
    /// Returns where the visitor goes on.
    fn path_after(self) -> String {
        if self.is_invited { JOIN_PATH.into() } else { self.room.path() }
    }
}

impl SignInProblem {
    fn sentence(self, translations: &Translations, method: SignInMethod) -> String {
        match self {
            Self::WrongPassphrase => translations.wrong_passphrase.into(),
            Self::TooManyAttempts { seconds } => {
                translations.too_many_attempts.of(usize::try_from(seconds).unwrap_or(usize::MAX))
            }
            Self::ProviderRefused => translations.sign_in_refused.into(),
            Self::ProviderFailed => translations.sign_in_failed.into(),
            Self::Expired => translations.sign_in_expired.into(),
            Self::SignedOut => {
                let ways_back = if method == SignInMethod::Passphrase { translations.passphrase_guest } else { "" };
                [translations.was_signed_out, ways_back].concat()
            }
        }
    }
}
