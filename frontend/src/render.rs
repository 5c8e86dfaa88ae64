//! The page as the server sends it: the built `index.html` with the room's title, state and HTML put into it.

use std::{fmt, sync::Arc};

use leptos::prelude::*;
use shared_types::{Language, PageState};

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
