//! The page as the server sends it: the built `index.html` with the room's title, state and HTML put into it.

use std::{fmt, sync::Arc};

use leptos::prelude::*;
use shared_types::PageState;

use crate::{App, words};

/// The built `index.html`, cut once where something is put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shell {
    /// Up to and with `<title>`.
    before_title: String,
    /// From `</title>` up to `</head>`.
    head: String,
    /// From `</head>` up to and with `<body…>`.
    to_body: String,
    /// After `<body…>`.
    rest: String,
}

/// What an `index.html` lacks to be a [`Shell`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShellError {
    /// It has no `<title>…</title>`.
    Title,
    /// It has no `</head>` after the title.
    Head,
    /// It has no `<body…>` after the head.
    Body,
}

impl fmt::Display for ShellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Title => "index.html has no <title>",
            Self::Head => "index.html has no </head> after its title",
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
    /// [`ShellError`] names the element that is missing.
    pub fn parse(index_html: &str) -> Result<Self, ShellError> {
        let (before_title, rest) = cut_after(index_html, "<title>").ok_or(ShellError::Title)?;
        let (_, rest) = cut_before(rest, "</title>").ok_or(ShellError::Title)?;
        let (head, rest) = cut_before(rest, "</head>").ok_or(ShellError::Head)?;
        let tag = rest.find("<body").ok_or(ShellError::Body)?;
        let end = tag + rest[tag..].find('>').ok_or(ShellError::Body)? + 1;
        let (to_body, rest) = rest.split_at(end);
        Ok(Self { before_title: before_title.into(), head: head.into(), to_body: to_body.into(), rest: rest.into() })
    }

    fn fill(&self, title: &str, state: &str, body: &str) -> String {
        [&self.before_title, title, &self.head, state, &self.to_body, body, &self.rest].concat()
    }
}

/// The page of a room.
pub fn page(shell: &Shell, state: &PageState) -> String {
    // A `<` in somebody's text must not end the script element; inside a JSON string `\u003c` is the same character.
    let json = serde_json::to_string(state).unwrap_or_default().replace('<', "\\u003c");
    let script = [r#"<script type="application/json" id="page-state">"#, &json, "</script>"].concat();
    shell.fill(&words::title(state.room.as_str()), &script, &body(state))
}

/// What stands between `<body>` and `</body>` of a room's page.
pub fn body(state: &PageState) -> String {
    let page = state.clone();
    html(move || view! { <App page /> })
}

/// The page for an address that is no room's.
pub fn not_found(shell: &Shell) -> String {
    let body = html(|| {
        view! {
            <main class="notice" data-page="complete">
                <h1>{words::NOT_FOUND}</h1>
                <p>{words::NOT_FOUND_WHY}</p>
                <p><a class="button primary" href="/">{words::TO_LOBBY}</a></p>
            </main>
        }
    });
    shell.fill(words::NOT_FOUND, "", &body)
}

/// Draws a view with the marks that hydration looks for.
fn html<V: IntoView>(view: impl FnOnce() -> V) -> String {
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
