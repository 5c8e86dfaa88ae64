//! The built `index.html` as a template.

use std::fmt;

use shared_types::Language;

use crate::i18n::Translations;

/// The built `index.html`, split where language, title, description, state and body are inserted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexTemplate {
    /// Up to and including `lang="`.
    before_language: String,
    /// From the end of the language up to and including `<title>`.
    before_title: String,
    /// From `</title>` up to and including `content="` of the description.
    before_description: String,
    /// From the end of the description up to `</head>`, for each language: the files of the program are those of the language.
    heads: [(Language, String); Language::ALL.len()],
    /// From `</head>` up to and including `<body…>`.
    to_body: String,
    /// From `</body>` on.
    rest: String,
}

/// Why an `index.html` is not a valid [`IndexTemplate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexTemplateError {
    /// It has no `lang="…"`.
    Language,
    /// It has no `<title>…</title>` after that.
    Title,
    /// It has no `<meta name="description" content="…">` after the title.
    Description,
    /// It has no `</head>` after the description.
    Head,
    /// It has no `<body…>` and `</body>` after the head.
    Body,
}

impl fmt::Display for IndexTemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Language => "index.html has no lang=\"…\"",
            Self::Title => "index.html has no <title> after its language",
            Self::Description => "index.html has no description after its title",
            Self::Head => "index.html has no </head> after its description",
            Self::Body => "index.html has no <body> with its end after its head",
        })
    }
}

impl std::error::Error for IndexTemplateError {}

impl IndexTemplate {
    /// Splits a built `index.html`.
    ///
    /// # Errors
    ///
    /// Returns what is missing.
    pub fn parse(index_html: &str) -> Result<Self, IndexTemplateError> {
        let (before_language, rest) = cut_after(index_html, "<html lang=\"").ok_or(IndexTemplateError::Language)?;
        let (_, rest) = cut_before(rest, "\"").ok_or(IndexTemplateError::Language)?;
        let (before_title, rest) = cut_after(rest, "<title>").ok_or(IndexTemplateError::Title)?;
        let (_, rest) = cut_before(rest, "</title>").ok_or(IndexTemplateError::Title)?;
        let description = "<meta name=\"description\" content=\"";
        let (before_description, rest) = cut_after(rest, description).ok_or(IndexTemplateError::Description)?;
        let (_, rest) = cut_before(rest, "\"").ok_or(IndexTemplateError::Description)?;
        let (head, rest) = cut_before(rest, "</head>").ok_or(IndexTemplateError::Head)?;
        let tag = rest.find("<body").ok_or(IndexTemplateError::Body)?;
        let end = tag + rest[tag..].find('>').ok_or(IndexTemplateError::Body)? + 1;
        let (to_body, rest) = rest.split_at(end);
        // The content is for the page without a server.
        let (_, rest) = cut_before(rest, "</body>").ok_or(IndexTemplateError::Body)?;
        let heads = Language::ALL.map(|language| (language, head_in(head, language)));
        let [before_language, before_title, before_description, to_body, rest] =
            [before_language, before_title, before_description, to_body, rest].map(str::to_owned);
        Ok(Self { before_language, before_title, before_description, heads, to_body, rest })
    }

    pub(super) fn fill(&self, translations: &Translations, title: &str, state: &str, body: &str) -> String {
        let head = self.heads.iter().find(|(language, _)| *language == translations.language);
        let head = head.map_or("", |(_, head)| head);
        [
            &self.before_language,
            translations.language.tag(),
            &self.before_title,
            title,
            &self.before_description,
            translations.description,
            head,
            state,
            &self.to_body,
            body,
            &self.rest,
        ]
        .concat()
    }
}

/// Returns the head without the lines that are for other languages.
fn head_in(head: &str, language: Language) -> String {
    let others = Language::ALL.into_iter().filter(|other| *other != language);
    let marks: Vec<String> = others.map(|other| [" lang=\"", other.tag(), "\""].concat()).collect();
    head.split_inclusive('\n').filter(|line| !marks.iter().any(|mark| line.contains(mark.as_str()))).collect()
}

fn cut_after<'a>(text: &'a str, marker: &str) -> Option<(&'a str, &'a str)> {
    text.find(marker).map(|at| text.split_at(at + marker.len()))
}

fn cut_before<'a>(text: &'a str, marker: &str) -> Option<(&'a str, &'a str)> {
    text.find(marker).map(|at| text.split_at(at))
}
