//! A check that HTML shows what was typed, for the generated tests and the fuzzer.
//!
//! It knows nothing of the parser. It reads the HTML and the text side by side: each visible character of the HTML must be the
//! next one of the text, and each element must have delimiters of its kind in the text. Nothing else may be in the text. Where
//! a text can be read in several ways, the check follows all of them.

use std::collections::BTreeSet;

use super::letters::is_visible;

/// Checks that HTML shows all visible characters of a text in their order, except for the delimiters of the elements in the HTML,
/// that no such element is empty, and that a link leads where the text says. Empty HTML means that the text itself is shown.
///
/// # Errors
///
/// Returns a sentence that names the place in the HTML.
pub(crate) fn check_shown(text: &str, html: &str) -> Result<(), String> {
    if html.is_empty() {
        return Ok(());
    }
    let text: Vec<char> = text.replace("\r\n", "\n").replace('\r', "\n").chars().collect();
    let mut readings = BTreeSet::from([Reading::default()]);
    let mut visible = 0;
    let mut begins = Vec::new();
    let mut numbers = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let place = rest;
        let next: BTreeSet<Reading> = if let Some(after) = rest.strip_prefix('<') {
            let (tag, after) = after.split_once('>').ok_or("a tag has no end")?;
            rest = after;
            let tag = tag.strip_suffix(" dir=\"auto\"").unwrap_or(tag);
            if let Some(name) = tag.strip_prefix('/') {
                if begins.pop() == Some(visible) && name != "p" {
                    return Err(format!("</{name}> ends an empty element before {after}"));
                }
                if matches!(name, "ul" | "ol") {
                    numbers.pop();
                }
                readings.iter().flat_map(|reading| reading.end(&text, name)).collect()
            } else {
                if tag != "br" {
                    begins.push(visible);
                }
                let first = tag.strip_prefix("ol start=\"").and_then(|start| start.strip_suffix('"'));
                if tag == "ul" || first.is_some() {
                    numbers.push(first.and_then(|first| first.parse::<u64>().ok()));
                }
                let number = numbers.last().copied().flatten();
                if tag == "li"
                    && let Some(Some(number)) = numbers.last_mut()
                {
                    *number += 1;
                }
                readings.iter().flat_map(|reading| reading.begin(&text, tag, number)).collect()
            }
        } else {
            let (letter, after) = first_character(rest)?;
            rest = after;
            if !is_visible(letter) {
                continue;
            }
            visible += 1;
            readings.iter().filter_map(|reading| reading.read(&text, letter)).collect()
        };
        readings = next;
        if readings.is_empty() {
            return Err(format!("the text has something else at {place}"));
        }
    }
    let is_complete = |reading: &Reading| text[reading.position..].iter().all(|letter| !is_visible(*letter));
    if readings.iter().any(is_complete) { Ok(()) } else { Err("the end of the text is not shown".into()) }
}

/// Splits off the first character of escaped text.
fn first_character(html: &str) -> Result<(char, &str), String> {
    for (entity, letter) in [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\'')] {
        if let Some(after) = html.strip_prefix(entity) {
            return Ok((letter, after));
        }
    }
    let letter = html.chars().next().ok_or("there is no character")?;
    Ok((letter, &html[letter.len_utf8()..]))
}

/// How far a text was read, in one way of reading it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Reading {
    position: usize,
    /// Number of quotes around the position.
    quotes: usize,
    /// Number of `>` that are missing in the current line.
    missing: usize,
    /// For each open element, what has to be in the text where it ends.
    ends: Vec<End>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Nothing,
    Delimiters(String),
    /// A fence of at least this length, or nothing.
    Fence(char, usize),
    Quote,
}

impl Reading {
    /// Returns the readings after the beginning of an element.
    fn begin(&self, text: &[char], tag: &str, number: Option<u64>) -> Vec<Self> {
        match tag.split(' ').next().unwrap_or_default() {
            "br" => vec![self.clone()],
            "em" => self.mark(text, &["*", "_"]),
            "strong" => {
                let headings = (1..=6).filter_map(|level| {
                    let heading = self.read_all(text, &"#".repeat(level))?;
                    text.get(heading.position)
                        .is_some_and(|letter| letter.is_whitespace())
                        .then(|| heading.until(End::Nothing))
                });
                self.mark(text, &["**", "__"]).into_iter().chain(headings).collect()
            }
            "del" => self.mark(text, &["~~"]),
            "code" => self.code(text),
            "pre" => self.fence(text),
            "blockquote" => {
                let quote = Self { quotes: self.quotes + 1, missing: self.missing + 1, ..self.clone() };
                vec![quote.until(End::Quote)]
            }
            "li" => {
                let markers =
                    number.map_or(vec!["-".into(), "*".into(), "+".into()], |number| vec![format!("{number}.")]);
                let items = markers.iter().filter_map(|marker| Some(self.read_all(text, marker)?.until(End::Nothing)));
                items.collect()
            }
            "a" => self.link(text, tag),
            _ => vec![self.clone().until(End::Nothing)],
        }
    }

    /// Returns the readings after the end of an element.
    fn end(&self, text: &[char], name: &str) -> Vec<Self> {
        let mut outer = self.clone();
        match outer.ends.pop() {
            None | Some(End::Nothing) => vec![outer],
            Some(End::Delimiters(delimiters)) => {
                let end = outer.read_all(text, &delimiters);
                let is_mark = matches!(name, "em" | "strong" | "del");
                end.filter(|end| !is_mark || !is_in_word(text, end.position)).into_iter().collect()
            }
            Some(End::Fence(letter, length)) => {
                let fence = outer.run(text, letter).filter(|(_, found)| *found >= length);
                fence.into_iter().map(|(end, _)| end).chain([outer]).collect()
            }
            Some(End::Quote) => outer.end_quote(text),
        }
    }

    /// Ends a quote, with or without further lines that are marked and empty.
    fn end_quote(&self, text: &[char]) -> Vec<Self> {
        let quotes = self.quotes - 1;
        let mut ends = vec![Self { quotes, missing: 0, ..self.clone() }];
        let mut position = self.position;
        while let Some(length) = text[position..].iter().position(|letter| *letter == '\n') {
            let line = text[position + length + 1..].split(|letter| *letter == '\n').next().unwrap_or_default();
            let is_empty = text[position..position + length].iter().all(|letter| !is_visible(*letter));
            let is_marked = line.contains(&'>') && line.iter().all(|letter| *letter == '>' || !is_visible(*letter));
            if !is_empty || !is_marked {
                break;
            }
            position += length + 1 + line.len();
            ends.push(Self { position, quotes, missing: 0, ends: self.ends.clone() });
        }
        ends
    }

    fn until(mut self, end: End) -> Self {
        self.ends.push(end);
        self
    }

    /// Reads the delimiters of a mark, which does not begin in a word.
    fn mark(&self, text: &[char], delimiters: &[&str]) -> Vec<Self> {
        let after = delimiters.iter().filter_map(|delimiter| {
            let mark = self.read_all(text, delimiter)?;
            let start = mark.position - delimiter.len();
            (!is_in_word(text, start)).then(|| mark.until(End::Delimiters((*delimiter).into())))
        });
        after.collect()
    }

    fn code(&self, text: &[char]) -> Vec<Self> {
        // In a `pre` element, the fence was read before.
        if matches!(self.ends.last(), Some(End::Fence(..))) {
            return vec![self.clone().until(End::Nothing)];
        }
        let run = self.run(text, '`');
        run.into_iter().map(|(code, length)| code.until(End::Delimiters("`".repeat(length)))).collect()
    }

    /// Reads a fence, with and without the name of a language.
    fn fence(&self, text: &[char]) -> Vec<Self> {
        let fences = ['`', '~'].into_iter().filter_map(|letter| {
            let (fence, length) = self.run(text, letter).filter(|(_, length)| *length >= 3)?;
            let fence = fence.until(End::Fence(letter, length));
            let rest = &text[fence.position..];
            let space = rest.iter().take_while(|letter| **letter != '\n' && !is_visible(**letter)).count();
            let is_name = |letter: &&char| letter.is_ascii_alphanumeric() || "+#-_.,".contains(**letter);
            let most = space + rest[space..].iter().take_while(is_name).count();
            let after = |length| Self { position: fence.position + length, ..fence.clone() };
            Some((0..=most).map(after).collect::<Vec<_>>())
        });
        fences.flatten().collect()
    }

    fn link(&self, text: &[char], tag: &str) -> Vec<Self> {
        let mut html = tag.split_once("href=\"").and_then(|(_, href)| href.strip_suffix('"')).unwrap_or_default();
        let mut address = String::new();
        while let Ok((letter, after)) = first_character(html) {
            address.push(letter);
            html = after;
        }
        let shown = self.read_all(text, &address).map(|_| self.clone().until(End::Nothing));
        let angled = self.read_all(text, &format!("<{address}>")).and(self.read(text, '<'));
        let written = self.read(text, '[').map(|link| link.until(End::Delimiters(format!("]({address})"))));
        [shown, angled.map(|link| link.until(End::Delimiters(">".into()))), written].into_iter().flatten().collect()
    }

    /// Reads all of the backticks or tildes that are next to each other.
    fn run(&self, text: &[char], letter: char) -> Option<(Self, usize)> {
        let mut run = self.read(text, letter)?;
        let length = text[run.position..].iter().take_while(|next| **next == letter).count();
        run.position += length;
        Some((run, length + 1))
    }

    fn read_all(&self, text: &[char], expected: &str) -> Option<Self> {
        expected
            .chars()
            .filter(|letter| is_visible(*letter))
            .try_fold(self.clone(), |reading, letter| reading.read(text, letter))
    }

    /// Reads the next visible character, if it is this one. Reads the `>` of quoted lines before it.
    fn read(&self, text: &[char], expected: char) -> Option<Self> {
        let mut reading = self.clone();
        loop {
            let letter = *text.get(reading.position)?;
            reading.position += 1;
            if letter == '\n' {
                reading.missing = reading.quotes;
            } else if letter == '>' && reading.missing > 0 {
                text.get(reading.position).is_none_or(|next| next.is_whitespace()).then_some(())?;
                reading.missing -= 1;
            } else if is_visible(letter) {
                return (letter == expected && reading.missing == 0).then_some(reading);
            }
        }
    }
}

/// Returns whether there are ASCII letters or digits on both sides of the delimiters at a position.
fn is_in_word(text: &[char], position: usize) -> bool {
    let is_delimiter = |letter: &&char| "*_~".contains(**letter);
    let before = text[..position].iter().rev().find(|letter| !is_delimiter(letter));
    let after = text[position..].iter().find(|letter| !is_delimiter(letter));
    [before, after].into_iter().all(|letter| letter.is_some_and(char::is_ascii_alphanumeric))
}
