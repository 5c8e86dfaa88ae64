//! What people write, as they mean it to look: the Markdown that chats have taught them, made into HTML that can do nothing.
//!
//! This is the one place where HTML is made of what a stranger wrote. It writes a handful of elements, no attribute but the
//! address of a link, the number of a list and the class of a mention or of a piece of code, and escapes everything else; raw
//! HTML is text like any other.

use linkify::{LinkFinder, LinkKind};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd, TextMergeStream};
use shared_types::{ChatMessage, Person, mentions_in};

use crate::content::{
    highlight::Pieces,
    languages::{Language, language},
};

/// The deepest that quotes and lists may stand in one another. Deeper, nobody can read them and browsers toil.
const DEPTH: usize = 8;

/// The most bytes of HTML for one message: twice its longest text. What would be more is shown as it was written.
const BYTES: usize = 32 * 1024;

/// The schemes of addresses that a click may follow.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// Gives a message its HTML where that is more than its text.
pub fn with_html(mut message: ChatMessage) -> ChatMessage {
    message.html = message.text.as_ref().and_then(|text| html_of(text.as_str(), &message.mentions));
    message
}

/// The HTML of a text that calls these people; `None` where it would say no more than the text, or too much.
fn html_of(text: &str, people: &[Person]) -> Option<String> {
    // Code that is too much with its colours is shown without them.
    let writer = written(text, people, language).or_else(|| written(text, people, |_| None))?;
    writer.rich.then_some(writer.html)
}

/// A text, written; `None` where it is too much.
fn written<'a>(text: &str, people: &'a [Person], languages: Languages) -> Option<Writer<'a>> {
    let mut writer = Writer::of(people, languages);
    // Pieces of text are put together, so that a name is found in them.
    for event in TextMergeStream::new(Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH)) {
        writer.write(event)?;
    }
    Some(writer)
}

/// Which languages are shown in colours, by their names.
type Languages = fn(&str) -> Option<&'static Language>;

struct Writer<'a> {
    /// Whom the text calls.
    people: &'a [Person],
    languages: Languages,
    /// The language of the code that is being written.
    code: Option<&'static Language>,
    html: String,
    /// Whether there is anything in it that the text alone does not show.
    rich: bool,
    depth: usize,
    /// Whether what is written is shown letter by letter: in code, and in a link, which can't hold another.
    verbatim: usize,
    /// For each open link whether it leads anywhere.
    links: Vec<bool>,
}

impl<'a> Writer<'a> {
    fn of(people: &'a [Person], languages: Languages) -> Self {
        let (html, links) = (String::new(), Vec::new());
        Self { people, languages, code: None, html, rich: false, depth: 0, verbatim: 0, links }
    }

    /// Writes one event; `None` when it is enough.
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
            // Whoever types a line break means it.
            Event::SoftBreak | Event::HardBreak => self.html.push_str("<br>"),
            Event::Rule => {
                self.rich = true;
                self.html.push_str("<hr>");
            }
            Event::Html(html) | Event::InlineHtml(html) => self.escaped(&html),
            // They are not turned on.
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
            // A chat has no chapters, but some people like to begin with a strong line.
            Tag::Heading { .. } => self.html.push_str("<p><strong>"),
            Tag::BlockQuote(_) => self.html.push_str("<blockquote>"),
            Tag::CodeBlock(kind) => {
                self.verbatim += 1;
                if let CodeBlockKind::Fenced(info) = kind {
                    // Behind the language some write more: a file's name, or which lines matter.
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
                // An image in a link is a link in a link, and browsers end the first where the second begins.
                let leads = is_harmless(&dest_url) && !self.links.contains(&true);
                self.links.push(leads);
                self.verbatim += 1;
                if leads {
                    self.anchor(&dest_url);
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

    /// Text with the addresses in it as links, and whom it calls marked.
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
            if span.kind().is_some() && is_harmless(span.as_str()) {
                self.rich = true;
                self.anchor(span.as_str());
                self.escaped(span.as_str());
                self.html.push_str("</a>");
            } else {
                self.words(span.as_str());
            }
        }
    }

    fn words(&mut self, text: &str) {
        let mut written = 0;
        for (place, _) in mentions_in(text, self.people) {
            self.rich = true;
            self.escaped(&text[written..place.start]);
            written = place.end;
            self.span("mention", &text[place]);
        }
        self.escaped(&text[written..]);
    }

    fn highlighted(&mut self, code: &str, language: &'static Language) {
        for (kind, piece) in Pieces::of(code, language) {
            match kind {
                Some(kind) => self.span(kind.class(), piece),
                None => self.escaped(piece),
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

    /// The beginning of a link. Its address shows on hover, for its words may claim another.
    fn anchor(&mut self, address: &str) {
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

fn is_harmless(address: &str) -> bool {
    // Browsers skip tabs and line ends in an address, and white space before it.
    let scheme = address.get(..8.min(address.len())).unwrap_or_default().to_ascii_lowercase();
    SCHEMES.iter().any(|harmless| scheme.starts_with(harmless)) && !address.chars().any(char::is_control)
}

#[cfg(any(test, fuzzing))]
mod html_check;
#[cfg(any(test, fuzzing))]
pub(crate) use html_check::check_html;
#[cfg(test)]
mod tests;
