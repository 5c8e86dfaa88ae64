//! Markdown: renders the texts of messages as inert HTML.
//!
//! This is the only place that makes HTML of user input. It writes a few elements. Their only attributes are the address of a
//! link (with a fixed `target` and `rel`), the first number of a list, and the class of a mention or of a highlighted token. It
//! escapes everything else, including raw HTML.

use linkify::{LinkFinder, LinkKind};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd, TextMergeStream};
use shared_types::{Person, mentions_in};

use crate::content::{
    highlight::Tokens,
    languages::{Language, language},
};

/// Maximum nesting depth of quotes and lists. Deeper ones are unreadable and slow in browsers.
const DEPTH: usize = 8;

/// Maximum number of bytes of HTML for one message: twice the longest text. A text with more HTML is shown as plain text.
const BYTES: usize = 32 * 1024;

/// The allowed schemes of link addresses.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// Returns the HTML of a text that may mention these people; `None` if plain text shows the same, or if the HTML is too large
/// or too deeply nested.
pub(crate) fn html_of(text: &str, people: &[Person]) -> Option<String> {
    // If the HTML is too large with highlighted code, it is rendered again without highlighting.
    let writer = rendered(text, people, language).or_else(|| rendered(text, people, |_| None))?;
    writer.rich.then_some(writer.html)
}

/// Renders a text; `None` if the HTML is too large or too deeply nested.
fn rendered<'a>(text: &str, people: &'a [Person], languages: LanguageLookup) -> Option<HtmlWriter<'a>> {
    let mut writer = HtmlWriter::of(people, languages);
    // `TextMergeStream` merges adjacent text events, so that names are found across them.
    for event in TextMergeStream::new(Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH)) {
        writer.write(event)?;
    }
    Some(writer)
}

/// Returns the syntax of the language with this name, if its code is highlighted.
type LanguageLookup = fn(&str) -> Option<&'static Language>;

struct HtmlWriter<'a> {
    /// The mentioned people.
    people: &'a [Person],
    languages: LanguageLookup,
    /// The language of the current code block.
    code: Option<&'static Language>,
    html: String,
    /// Whether the HTML shows anything that plain text does not.
    rich: bool,
    depth: usize,
    /// Number of open elements in which text has no links and mentions: code, and links, which can't contain other links.
    verbatim: usize,
    /// For each open link, whether it has an `<a>` element.
    links: Vec<bool>,
}

impl<'a> HtmlWriter<'a> {
    fn of(people: &'a [Person], languages: LanguageLookup) -> Self {
        let (html, links) = (String::new(), Vec::new());
        Self { people, languages, code: None, html, rich: false, depth: 0, verbatim: 0, links }
    }

    /// Writes one event; `None` if the HTML gets too large or too deeply nested.
    fn write(&mut self, event: Event<'_>) -> Option<()> {
        match event {
            Event::Start(tag) => self.open(tag)?,
            Event::End(tag) => self.close(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(code) => {
                self.rich = true;
                self.html.push_str("<code>");
                self.escaped(&code);
                self.html.push_str("</code>");
            }
            // A line break in the text is a line break in the HTML, unlike in most Markdown.
            Event::SoftBreak | Event::HardBreak => self.html.push_str("<br>"),
            Event::Rule => {
                self.rich = true;
                self.html.push_str("<hr>");
            }
            Event::Html(html) | Event::InlineHtml(html) => self.escaped(&html),
            // These extensions are disabled, so the parser does not return these events.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => self.escaped(&text),
            Event::TaskListMarker(_) => {}
        }
        (self.html.len() <= BYTES).then_some(())
    }

    fn open(&mut self, tag: Tag<'_>) -> Option<()> {
        self.depth += 1;
        if self.depth > DEPTH * 2 {
            return None;
        }
        self.rich |= !matches!(tag, Tag::Paragraph | Tag::HtmlBlock);
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.html.push_str("<p>"),
            // Messages need no headings of different levels; a heading becomes a bold line.
            Tag::Heading { .. } => self.html.push_str("<p><strong>"),
            Tag::BlockQuote(_) => self.html.push_str("<blockquote>"),
            Tag::CodeBlock(kind) => {
                self.verbatim += 1;
                if let CodeBlockKind::Fenced(info) = kind {
                    // Some people write more after the language, such as a file name or the lines to emphasize.
                    let name = info.split([' ', ',', ':', '{']).next().unwrap_or_default();
                    self.code = (self.languages)(name);
                }
                self.html.push_str("<pre><code>");
            }
            Tag::List(Some(first)) => {
                self.html.push_str("<ol start=\"");
                self.html.push_str(&first.to_string());
                self.html.push_str("\">");
            }
            Tag::List(None) => self.html.push_str("<ul>"),
            Tag::Item => self.html.push_str("<li>"),
            Tag::Emphasis => self.html.push_str("<em>"),
            Tag::Strong => self.html.push_str("<strong>"),
            Tag::Strikethrough => self.html.push_str("<del>"),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                // An image becomes a link. In a link it would be nested, and browsers end the outer link where the inner one
                // begins.
                let has_anchor = is_safe_address(&dest_url) && !self.links.contains(&true);
                self.links.push(has_anchor);
                self.verbatim += 1;
                if has_anchor {
                    self.open_anchor(&dest_url);
                }
            }
            _ => {}
        }
        Some(())
    }

    fn close(&mut self, tag: TagEnd) {
        self.depth -= 1;
        self.html.push_str(match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => "</p>",
            TagEnd::Heading(_) => "</strong></p>",
            TagEnd::BlockQuote(_) => "</blockquote>",
            TagEnd::CodeBlock => {
                self.verbatim -= 1;
                self.code = None;
                "</code></pre>"
            }
            TagEnd::List(true) => "</ol>",
            TagEnd::List(false) => "</ul>",
            TagEnd::Item => "</li>",
            TagEnd::Emphasis => "</em>",
            TagEnd::Strong => "</strong>",
            TagEnd::Strikethrough => "</del>",
            TagEnd::Link | TagEnd::Image => {
                self.verbatim -= 1;
                if self.links.pop() == Some(true) { "</a>" } else { "" }
            }
            _ => "",
        });
    }

    /// Writes text with its addresses as links and its mentions marked.
    fn text(&mut self, text: &str) {
        if let Some(language) = self.code {
            return self.highlighted(text, language);
        }
        if self.verbatim > 0 {
            return self.escaped(text);
        }
        let mut finder = LinkFinder::new();
        finder.kinds(&[LinkKind::Url]);
        for span in finder.spans(text) {
            if span.kind().is_some() && is_safe_address(span.as_str()) {
                self.rich = true;
                self.open_anchor(span.as_str());
                self.escaped(span.as_str());
                self.html.push_str("</a>");
            } else {
                self.with_mentions(span.as_str());
            }
        }
    }

    /// Writes text with its mentions marked.
    fn with_mentions(&mut self, text: &str) {
        let mut written = 0;
        for (range, _) in mentions_in(text, self.people) {
            self.rich = true;
            self.escaped(&text[written..range.start]);
            written = range.end;
            self.span("mention", &text[range]);
        }
        self.escaped(&text[written..]);
    }

    fn highlighted(&mut self, code: &str, language: &'static Language) {
        for (kind, token) in Tokens::of(code, language) {
            match kind {
                Some(kind) => self.span(kind.class(), token),
                None => self.escaped(token),
            }
        }
    }

    fn span(&mut self, class: &'static str, text: &str) {
        self.html.push_str("<span class=\"");
        self.html.push_str(class);
        self.html.push_str("\">");
        self.escaped(text);
        self.html.push_str("</span>");
    }

    /// Opens a link. The browser shows the real address on hover, because the text of the link may claim another.
    fn open_anchor(&mut self, address: &str) {
        self.html.push_str("<a target=\"_blank\" rel=\"noopener noreferrer nofollow ugc\" href=\"");
        self.escaped(address);
        self.html.push_str("\">");
    }

    fn escaped(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '&' => self.html.push_str("&amp;"),
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                '"' => self.html.push_str("&quot;"),
                '\'' => self.html.push_str("&#39;"),
                letter => self.html.push(letter),
            }
        }
    }
}

/// Returns whether an address has an allowed scheme and no control characters.
fn is_safe_address(address: &str) -> bool {
    let has_scheme =
        |scheme: &&str| address.get(..scheme.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(scheme));
    // Browsers ignore tabs and line breaks in an address, and white space before it.
    SCHEMES.iter().any(has_scheme) && !address.chars().any(char::is_control)
}

#[cfg(any(test, fuzzing))]
mod html_check;
#[cfg(any(test, fuzzing))]
pub(crate) use html_check::check_html;
#[cfg(test)]
mod tests;
