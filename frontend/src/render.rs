//! The page as the server sends it: the built `index.html` with the room's title, state and HTML put into it.

use std::{fmt, sync::Arc};

use leptos::prelude::*;
use page_model::calendar::{Calendar as _, machine_time};
use shared_types::{Language, PageState, RoomName, Timestamp};

use crate::{App, words::Words};

/// The built `index.html`, cut once where something is put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shell {
    /// Up to and with `lang="`.
    before_language: String,
    /// From the end of the language up to and with `<title>`.
    before_title: String,
    /// From `</title>` up to and with `content="` of the description.
    before_description: String,
    /// From the end of the description up to `</head>`.
    head: String,
    /// From `</head>` up to and with `<body…>`.
    to_body: String,
    /// After `<body…>`.
    rest: String,
}

/// What an `index.html` lacks to be a [`Shell`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShellError {
    /// It has no `lang="…"`.
    Language,
    /// It has no `<title>…</title>` after that.
    Title,
    /// It has no `<meta name="description" content="…">` after the title.
    Description,
    /// It has no `</head>` after the description.
    Head,
    /// It has no `<body…>` after the head.
    Body,
}

impl fmt::Display for ShellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Language => "index.html has no lang=\"…\"",
            Self::Title => "index.html has no <title> after its language",
            Self::Description => "index.html has no description after its title",
            Self::Head => "index.html has no </head> after its description",
            Self::Body => "index.html has no <body> after its head",
        })
    }
}

impl std::error::Error for ShellError {}

impl Shell {
    /// Cuts a built `index.html`.
    ///
    /// # Errors
    ///
    /// [`ShellError`] names what is missing.
    pub fn parse(index_html: &str) -> Result<Self, ShellError> {
        let (before_language, rest) = cut_after(index_html, "<html lang=\"").ok_or(ShellError::Language)?;
        let (_, rest) = cut_before(rest, "\"").ok_or(ShellError::Language)?;
        let (before_title, rest) = cut_after(rest, "<title>").ok_or(ShellError::Title)?;
        let (_, rest) = cut_before(rest, "</title>").ok_or(ShellError::Title)?;
        let description = "<meta name=\"description\" content=\"";
        let (before_description, rest) = cut_after(rest, description).ok_or(ShellError::Description)?;
        let (_, rest) = cut_before(rest, "\"").ok_or(ShellError::Description)?;
        let (head, rest) = cut_before(rest, "</head>").ok_or(ShellError::Head)?;
        let tag = rest.find("<body").ok_or(ShellError::Body)?;
        let end = tag + rest[tag..].find('>').ok_or(ShellError::Body)? + 1;
        let (to_body, rest) = rest.split_at(end);
        let [before_language, before_title, before_description, head, to_body, rest] =
            [before_language, before_title, before_description, head, to_body, rest].map(str::to_owned);
        Ok(Self { before_language, before_title, before_description, head, to_body, rest })
    }

    fn fill(&self, words: &Words, title: &str, state: &str, body: &str) -> String {
        [
            &self.before_language,
            words.language.tag(),
            &self.before_title,
            title,
            &self.before_description,
            words.description,
            &self.head,
            state,
            &self.to_body,
            body,
            &self.rest,
        ]
        .concat()
    }
}

/// The page of a room.
pub fn page(shell: &Shell, state: &PageState) -> String {
    // A `<` in somebody's text must not end the script element; inside a JSON string `\u003c` is the same character.
    let json = serde_json::to_string(state).unwrap_or_default().replace('<', "\\u003c");
    let script = [r#"<script type="application/json" id="page-state">"#, &json, "</script>"].concat();
    let words = Words::of(state.language);
    shell.fill(words, &words.title(state.room.as_str()), &script, &body(state))
}

/// What stands between `<body>` and `</body>` of a room's page.
pub fn body(state: &PageState) -> String {
    let page = state.clone();
    html(move || view! { <App page /> })
}

/// The page for an address that is no room's.
pub fn not_found(shell: &Shell, language: Language) -> String {
    let words = Words::of(language);
    let body = html(|| {
        view! {
            <main class="notice" data-page="complete">
                <h1>{words.not_found}</h1>
                <p>{words.not_found_why}</p>
                <p><a class="button primary" href="/">{words.to_lobby}</a></p>
            </main>
        }
    });
    shell.fill(words, words.not_found, "", &body)
}

/// The page before a room that has to be entered.
#[derive(Clone, Copy, Debug)]
pub struct Door<'a> {
    /// How it is entered.
    pub way: Way,
    /// Where it leads.
    pub to: &'a RoomName,
    /// Why it was not entered just now.
    pub trouble: Option<Trouble>,
}

/// How a chat is entered that is not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// With a passphrase.
    Passphrase,
    /// By signing in with a provider.
    SignIn,
}

/// Why somebody did not get through a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It is another passphrase.
    Wrong,
    /// It was tried too often.
    TooOften {
        /// After so long it may be tried again.
        seconds: u64,
    },
    /// The provider did not let them in.
    Refused,
    /// The provider did not do what it should.
    Provider,
    /// What came is not what was begun here, or too late.
    Again,
}

/// The page of a door. It needs no script.
pub fn door(shell: &Shell, language: Language, door: Door<'_>) -> String {
    let words = Words::of(language);
    let (title, why) = match door.way {
        Way::Passphrase => (words.passphrase_title, words.passphrase_why),
        Way::SignIn => (words.sign_in_title, words.sign_in_why),
    };
    let trouble = door.trouble.map(|trouble| trouble.said(words));
    let body = html(|| {
        view! {
            <main class="notice" data-page="complete">
                <h1>{title}</h1>
                <p>{why}</p>
                {trouble.map(|said| view! { <p id="trouble" class="trouble" role="alert">{said}</p> })}
                {match door.way {
                    Way::Passphrase => passphrase(words, door).into_any(),
                    Way::SignIn => {
                        let address = format!("/sign-in?to={}", door.to.path());
                        view! { <p><a class="button primary" href=address>{words.sign_in}</a></p> }.into_any()
                    }
                }}
            </main>
        }
    });
    shell.fill(words, title, "", &body)
}

fn passphrase(words: &'static Words, door: Door<'_>) -> impl IntoView {
    let troubled = door.trouble.is_some();
    view! {
        <form class="door" method="post" action="/enter">
            <input type="hidden" name="to" value=door.to.path() />
            <label class="name-label">
                <span>{words.passphrase}</span>
                <input
                    type="password"
                    name="passphrase"
                    autocomplete="current-password"
                    required
                    autofocus
                    aria-invalid=(door.trouble == Some(Trouble::Wrong)).then_some("true")
                    aria-describedby=troubled.then_some("trouble")
                />
            </label>
            <button class="button primary">{words.enter}</button>
        </form>
    }
}

impl Trouble {
    fn said(self, words: &Words) -> String {
        match self {
            Self::Wrong => words.wrong_passphrase.into(),
            Self::TooOften { seconds } => words.too_often.of(usize::try_from(seconds).unwrap_or(usize::MAX)),
            Self::Refused => words.sign_in_refused.into(),
            Self::Provider => words.sign_in_failed.into(),
            Self::Again => words.door_again.into(),
        }
    }
}

/// The page for somebody who comes `now` and whom a moderator sent away until then, or somebody else who comes from where they
/// do: which of the two is not known here.
pub fn banned(shell: &Shell, language: Language, until: Timestamp, now: Timestamp) -> String {
    const HOUR_MS: u64 = 60 * 60 * 1000;
    let words = Words::of(language);
    // Begun hours count, and begun days where there are several: whoever comes when it says so is let in.
    let hours = until.0.saturating_sub(now.0).div_ceil(HOUR_MS);
    let hours = if hours > 48 { hours.next_multiple_of(24) } else { hours };
    let span = words.span(u32::try_from(hours * 3600).unwrap_or(u32::MAX));
    let [before, between, after] = words.banned_for;
    let calendar = Words::utc(language);
    let moment = [&words.said(&calendar.day_name(until), &calendar.time(until)), " UTC"].concat();
    let body = html(|| {
        view! {
            <main class="notice" data-page="complete">
                <h1>{words.banned}</h1>
                <p>{words.banned_why}</p>
                <p>{[before, &span, between].concat()}<time datetime=machine_time(until)>{moment}</time>{after}</p>
                <p><a class="button primary" href="">{words.try_again}</a></p>
            </main>
        }
    });
    shell.fill(words, words.banned, "", &body)
}

/// What is said, as plain text, when no page can be made.
pub fn unreachable(language: Language) -> String {
    Words::of(language).reload.into()
}

/// Draws a view with the marks that hydration looks for.
pub(crate) fn html<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(Some(Arc::new(hydration_context::SsrSharedContext::new())));
    let html = owner.with(|| view().into_view().to_html());
    owner.cleanup();
    html
}

fn cut_after<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    text.find(mark).map(|at| text.split_at(at + mark.len()))
}

fn cut_before<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    text.find(mark).map(|at| text.split_at(at))
}

#[cfg(test)]
mod tests;
