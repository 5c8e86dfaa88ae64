//! The sign-in page: a passphrase form, or a link to the provider.

use leptos::prelude::*;
use shared_types::{Language, RoomName};

use crate::{
    i18n::Translations,
    ssr::{html, index_template::IndexTemplate},
};

/// The settings of a sign-in page.
#[derive(Clone, Copy, Debug)]
pub struct SignInPage<'a> {
    /// How visitors sign in.
    pub method: SignInMethod,
    /// The room that the visitor enters afterwards.
    pub room: &'a RoomName,
    /// Why the last attempt failed.
    pub problem: Option<SignInProblem>,
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
}

/// Renders the sign-in page. It needs no script.
pub fn sign_in_page(template: &IndexTemplate, language: Language, page: SignInPage<'_>) -> String {
    let translations = Translations::of(language);
    let (title, why) = match page.method {
        SignInMethod::Passphrase => (translations.passphrase_title, translations.passphrase_why),
        SignInMethod::SignIn => (translations.sign_in_title, translations.sign_in_why),
    };
    let problem = page.problem.map(|problem| problem.sentence(translations));
    let body = html(|| {
        view! {
            <main class="notice">
                <h1>{title}</h1>
                <p>{why}</p>
                {problem.map(|sentence| view! { <p id="trouble" class="trouble" role="alert">{sentence}</p> })}
                {match page.method {
                    SignInMethod::Passphrase => passphrase(translations, page).into_any(),
                    SignInMethod::SignIn => {
                        let address = format!("/sign-in?to={}", page.room.path());
                        view! { <p><a class="button primary" href=address>{translations.sign_in}</a></p> }.into_any()
                    }
                }}
            </main>
        }
    });
    template.fill(translations, title, "", &body)
}

fn passphrase(translations: &'static Translations, page: SignInPage<'_>) -> impl IntoView {
    let has_problem = page.problem.is_some();
    view! {
        <form class="door" method="post" action="/enter">
            <input type="hidden" name="to" value=page.room.path() />
            // Password managers store a passphrase under a name. All visitors share this one.
            <input type="text" name="username" value="chat" autocomplete="username" readonly hidden />
            <label class="name-label">
                <span>{translations.passphrase}</span>
                <input
                    type="password"
                    name="passphrase"
                    autocomplete="current-password"
                    required
                    autofocus
                    aria-invalid=(page.problem == Some(SignInProblem::WrongPassphrase)).then_some("true")
                    aria-describedby=has_problem.then_some("trouble")
                />
            </label>
            <button class="button primary">{translations.enter}</button>
        </form>
    }
}

impl SignInProblem {
    fn sentence(self, translations: &Translations) -> String {
        match self {
            Self::WrongPassphrase => translations.wrong_passphrase.into(),
            Self::TooManyAttempts { seconds } => {
                translations.too_many_attempts.of(usize::try_from(seconds).unwrap_or(usize::MAX))
            }
            Self::ProviderRefused => translations.sign_in_refused.into(),
            Self::ProviderFailed => translations.sign_in_failed.into(),
            Self::Expired => translations.sign_in_expired.into(),
        }
    }
}
