//! Markdown: renders the texts of messages as inert HTML. `docs/markdown.md` describes the dialect.
//!
//! This is the only place that makes HTML of user input. It writes a few elements. Their only attributes are the address of a
//! link (with a fixed `target` and `rel`), the first number of a list, `dir="auto"`, and the class of a mention or of a highlighted
//! token. It escapes everything else, including raw HTML.
//!
//! A text is read three times: `blocks` looks at the beginnings of its lines, `atoms` finds what marks can't divide, and
//! `marks` pairs the delimiters of emphasis. Each takes time in proportion to the text.

use shared_types::Person;

use crate::content::{
    highlight::Tokens,
    languages::{Language, language},
};

mod addresses;
mod atoms;
mod blocks;
mod delimiters;
mod direction;
mod letters;
mod lines;
mod marks;

use self::{
    atoms::atoms,
    blocks::{Block, blocks},
    direction::Direction,
    marks::{Mark, Piece, pieces},
};

/// Maximum number of bytes of HTML for one message: twice the longest text. A text with more HTML is shown as plain text.
const BYTES: usize = 32 * 1024;

/// Returns the HTML of a text that may mention these people; `None` if plain text shows the same, or if the HTML is too large.
pub(crate) fn html_of(text: &str, people: &[Person]) -> Option<String> {
    let blocks = blocks(text);
    // If the HTML is too large with highlighted code, it is rendered again without highlighting.
    let writer = rendered(&blocks, people, language).or_else(|| rendered(&blocks, people, |_| None))?;
    writer.rich.then_some(writer.html)
}

/// Renders blocks; `None` if the HTML is too large.
fn rendered<'a>(blocks: &[Block<'_>], people: &'a [Person], languages: LanguageLookup) -> Option<HtmlWriter<'a>> {
    let direction = direction::of_blocks(blocks);
    let mut writer = HtmlWriter { people, languages, html: String::new(), rich: false, direction };
    writer.blocks(blocks);
    (writer.html.len() <= BYTES).then_some(writer)
}

/// Returns the syntax of the language with this name, if its code is highlighted.
type LanguageLookup = fn(&str) -> Option<&'static Language>;

struct HtmlWriter<'a> {
    /// The mentioned people.
    people: &'a [Person],
    languages: LanguageLookup,
    html: String,
    /// Whether the HTML shows anything that plain text does not.
    rich: bool,
    /// The direction of the text around the next block; `None` if the message has no letter.
    direction: Option<Direction>,
}

impl HtmlWriter<'_> {
    fn blocks(&mut self, blocks: &[Block<'_>]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block<'_>) {
        self.rich |= !matches!(block, Block::Paragraph(_));
        match block {
            Block::Paragraph(lines) => {
                self.element("p", direction::of_block(block), |writer| writer.inline(&lines.join("\n")));
            }
            // Messages need no headings of different levels; a heading becomes a bold line.
            Block::Heading(text) => self.element("p", direction::of_block(block), |writer| {
                writer.html.push_str("<strong>");
                writer.inline(text);
                writer.html.push_str("</strong>");
            }),
            Block::Quote(blocks) => {
                self.element("blockquote", direction::of_block(block), |writer| writer.blocks(blocks));
            }
            Block::List { first, items } => {
                let name = if first.is_some() { "ol" } else { "ul" };
                let number = first.map(|first| format!(" start=\"{first}\"")).unwrap_or_default();
                let items = |writer: &mut Self| items.iter().for_each(|item| writer.item(item));
                self.element_with(name, &number, direction::of_block(block), items);
            }
            Block::Code { language, lines } => self.code(*language, lines),
        }
    }

    fn item(&mut self, item: &[Block<'_>]) {
        self.element("li", direction::of_blocks(item), |writer| {
            // The first paragraph is on the line of the marker.
            let rest = match item.split_first() {
                Some((Block::Paragraph(lines), rest)) => {
                    writer.inline(&lines.join("\n"));
                    rest
                }
                _ => item,
            };
            writer.blocks(rest);
        });
    }

    fn element(&mut self, name: &str, direction: Option<Direction>, content: impl FnOnce(&mut Self)) {
        self.element_with(name, "", direction, content);
    }

    /// Writes an element of a block. If its text has another direction than the text around it, the browser finds the direction.
    ///
    /// All other blocks are without `dir`, because the browser leaves out elements that have it when it finds the direction of what is
    /// around them.
    fn element_with(
        &mut self,
        name: &str,
        attributes: &str,
        direction: Option<Direction>,
        content: impl FnOnce(&mut Self),
    ) {
        let around = self.direction;
        let turns = direction.is_some() && direction != around;
        self.html.extend(["<", name, attributes, if turns { " dir=\"auto\">" } else { ">" }]);
        if turns {
            self.rich = true;
            self.direction = direction;
        }
        content(self);
        self.direction = around;
        self.html.extend(["</", name, ">"]);
    }

    fn code(&mut self, language: Option<&str>, lines: &[&str]) {
        self.html.push_str("<pre><code>");
        let code = lines.join("\n");
        match language.and_then(self.languages) {
            Some(language) => self.highlighted(&code, language),
            None => self.escaped(&code),
        }
        self.html.push_str("\n</code></pre>");
    }

    /// Writes the text of a paragraph with its marks.
    fn inline(&mut self, text: &str) {
        for piece in pieces(text, &atoms(text, self.people)) {
            self.rich |= match &piece {
                Piece::Text(_) | Piece::LineBreak => false,
                Piece::Delimiter(delimiter) => !delimiter.begins.is_empty() || !delimiter.ends.is_empty(),
                Piece::Code(_) | Piece::Address(_) | Piece::Mention(_) | Piece::LinkStart(_) | Piece::LinkEnd => true,
            };
            match piece {
                Piece::Text(range) => self.escaped(&text[range]),
                // A line break in the text is a line break in the HTML, unlike in most Markdown.
                Piece::LineBreak => self.html.push_str("<br>"),
                Piece::Code(range) => {
                    self.html.push_str("<code>");
                    self.escaped(&text[range]);
                    self.html.push_str("</code>");
                }
                Piece::Address(range) => {
                    self.open_anchor(&text[range.clone()]);
                    self.escaped(&text[range]);
                    self.html.push_str("</a>");
                }
                Piece::LinkStart(destination) => self.open_anchor(&text[destination]),
                Piece::LinkEnd => self.html.push_str("</a>"),
                Piece::Mention(range) => self.span("mention", &text[range]),
                Piece::Delimiter(delimiter) => {
                    delimiter.ends.iter().for_each(|mark| self.html.push_str(end_tag(*mark)));
                    self.escaped(&text[delimiter.shown.clone()]);
                    delimiter.begins.iter().rev().for_each(|mark| self.html.push_str(start_tag(*mark)));
                }
            }
        }
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

fn start_tag(mark: Mark) -> &'static str {
    match mark {
        Mark::Emphasis => "<em>",
        Mark::Strong => "<strong>",
        Mark::Struck => "<del>",
    }
}

fn end_tag(mark: Mark) -> &'static str {
    match mark {
        Mark::Emphasis => "</em>",
        Mark::Strong => "</strong>",
        Mark::Struck => "</del>",
    }
}

#[cfg(any(test, fuzzing))]
mod html_check;
#[cfg(any(test, fuzzing))]
pub(crate) use html_check::check_html;
#[cfg(any(test, fuzzing))]
mod shown_check;
#[cfg(any(test, fuzzing))]
pub(crate) use shown_check::check_shown;
#[cfg(test)]
mod tests;
