//! Divides a text into blocks: paragraphs, headings, quotes, lists and code. Every line says by its own beginning what it is.

use std::mem::take;

use super::{
    letters::has_visible_besides,
    lines::{Fence, ITEM_INDENT, Marker, heading, indent, is_blank, quoted, without_indent},
};

/// Maximum nesting depth of quotes and lists. Deeper ones are unreadable and slow in browsers; their markers are text.
const DEPTH: usize = 8;

#[derive(Debug)]
pub(super) enum Block<'a> {
    /// Lines of text. It begins with an empty line for each blank line before it, except for the first.
    Paragraph(Vec<&'a str>),
    Heading(&'a str),
    Quote(Vec<Block<'a>>),
    List {
        /// The number of the first item of a numbered list.
        first: Option<u32>,
        items: Vec<Vec<Block<'a>>>,
    },
    Code {
        language: Option<&'a str>,
        lines: Vec<&'a str>,
    },
}

/// Returns the blocks of a text.
pub(super) fn blocks(text: &str) -> Vec<Block<'_>> {
    let lines: Vec<&str> =
        text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r')).collect();
    blocks_of(&lines, 0)
}

fn blocks_of<'a>(lines: &[&'a str], depth: usize) -> Vec<Block<'a>> {
    let mut parser =
        BlockParser { lines, position: 0, depth, blank_lines: 0, paragraph: Vec::new(), blocks: Vec::new() };
    while parser.position < lines.len() {
        parser.take();
    }
    parser.end_paragraph();
    parser.blocks
}

struct BlockParser<'a, 'l> {
    lines: &'l [&'a str],
    position: usize,
    /// Number of quotes and lists around the lines.
    depth: usize,
    /// Number of blank lines before the position.
    blank_lines: usize,
    /// Lines of the current paragraph.
    paragraph: Vec<&'a str>,
    blocks: Vec<Block<'a>>,
}

impl<'a> BlockParser<'a, '_> {
    /// Takes the lines of one block, or one line of a paragraph.
    fn take(&mut self) {
        let line = self.lines[self.position];
        if let Some(fence) = Fence::of(line) {
            return self.take_code(&fence);
        }
        if let Some(heading) = heading(line) {
            self.push(Block::Heading(heading));
            self.position += 1;
            return;
        }
        if self.depth < DEPTH {
            if quoted(line).is_some() {
                return self.take_quote();
            }
            if let Some(marker) = Marker::of(line) {
                return self.take_list(&marker);
            }
        }
        self.take_text(self.position + 1);
    }

    fn push(&mut self, block: Block<'a>) {
        self.end_paragraph();
        self.blocks.push(block);
        self.blank_lines = 0;
    }

    fn end_paragraph(&mut self) {
        if !self.paragraph.is_empty() {
            self.blocks.push(Block::Paragraph(take(&mut self.paragraph)));
        }
    }

    /// Takes the lines up to `end` as text.
    fn take_text(&mut self, end: usize) {
        for line in &self.lines[self.position..end] {
            let line = line.trim_end();
            if line.is_empty() {
                self.end_paragraph();
                self.blank_lines += 1;
                continue;
            }
            if self.paragraph.is_empty() && !self.blocks.is_empty() {
                self.paragraph.extend((1..self.blank_lines).map(|_| ""));
            }
            self.blank_lines = 0;
            self.paragraph.push(line);
        }
        self.position = end;
    }

    /// Takes the lines that begin with `>`. Without any other character they are text.
    fn take_quote(&mut self) {
        let lines: Vec<&str> = self.lines[self.position..].iter().map_while(|line| quoted(line)).collect();
        let end = self.position + lines.len();
        if !lines.iter().any(|line| has_visible_besides(line, &['>'])) {
            return self.take_text(end);
        }
        self.push(Block::Quote(blocks_of(&lines, self.depth + 1)));
        self.position = end;
    }

    fn take_list(&mut self, first: &Marker<'a>) {
        let mut items = Vec::new();
        let mut marker = Some(*first);
        while let Some(current) = marker {
            let lines = self.item(&current);
            items.push(blocks_of(&lines, self.depth + 1));
            let next = self.lines[self.position..].iter().position(|line| !is_blank(line));
            marker = next.and_then(|next| Marker::of(self.lines[self.position + next]));
            marker = marker.filter(|marker| marker.follows(&current));
            if marker.is_some() {
                self.position += next.unwrap_or(0);
            }
        }
        self.push(Block::List { first: first.number, items });
    }

    /// Takes the lines of an item, and returns them without their marker and indent.
    fn item(&mut self, marker: &Marker<'a>) -> Vec<&'a str> {
        let mut lines = vec![marker.rest];
        let mut end = self.position + 1;
        for (at, line) in self.lines.iter().enumerate().skip(end) {
            if is_blank(line) {
                continue;
            }
            if indent(line) < marker.indent + ITEM_INDENT {
                break;
            }
            lines.extend((end..at).map(|_| ""));
            lines.push(without_indent(line, marker.indent + marker.width));
            end = at + 1;
        }
        self.position = end;
        lines
    }

    /// Takes the lines of code after a fence. A fence without code is text.
    fn take_code(&mut self, fence: &Fence<'a>) {
        let below = &self.lines[self.position + 1..];
        let closing = below.iter().position(|line| fence.closes(line).is_some());
        let end = closing.unwrap_or(below.len());
        let last = closing.and_then(|closing| fence.closes(below[closing]));
        let (language, first) = fence.info(last == Some(""));
        let code = below[..end].iter().copied().chain(last.filter(|last| !last.is_empty()));
        let mut lines: Vec<&str> = code.map(|line| without_indent(line, fence.indent)).collect();
        let next = self.position + 1 + end + usize::from(closing.is_some());
        let is_visible = |line: &&str| has_visible_besides(line, &[]);
        if !lines.iter().any(is_visible) && (!is_visible(&first) || closing.is_none()) {
            return self.take_text(next);
        }
        if !first.is_empty() {
            lines.insert(0, first);
        }
        self.push(Block::Code { language, lines });
        self.position = next;
    }
}
