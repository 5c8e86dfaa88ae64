//! Finds addresses in running text, and the destinations of written links.

use super::letters::{continues_latin, ends_address, is_unspaced, is_word};

/// The schemes of addresses that become links by themselves.
const PLAIN_SCHEMES: [&str; 2] = ["https://", "http://"];

/// The allowed schemes of link addresses.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// Maximum number of brackets that are open at once in an address. It bounds how far an address with unclosed brackets is read.
const BRACKETS: usize = 8;

/// Maximum number of letters in a label of a host name, by RFC 1035.
const LABEL: usize = 63;

/// Particles that begin no word in Japanese and Korean. They end an address after `/` as well.
const PARTICLES: [char; 2] = ['を', '를'];

/// Returns whether an address has an allowed scheme and no control characters.
pub(super) fn is_safe_address(address: &str) -> bool {
    // Browsers ignore tabs and line breaks in an address, and white space before it.
    SCHEMES.iter().any(|scheme| starts_with(address, scheme)) && !address.chars().any(char::is_control)
}

fn starts_with(address: &str, scheme: &str) -> bool {
    address.get(..scheme.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(scheme))
}

/// Returns the end of the address that begins at `start`, without the punctuation after it; `None` if none begins there.
pub(super) fn address_end(text: &str, start: usize) -> Option<usize> {
    let scheme = PLAIN_SCHEMES.iter().find(|scheme| starts_with(&text[start..], scheme))?;
    let before = text[..start].chars().next_back();
    // The end of another scheme, such as `git+https://`.
    if before.is_some_and(|letter| letter.is_ascii_alphanumeric() || letter == '+') {
        return None;
    }
    let host = start + scheme.len();
    text[host..].chars().next().filter(|letter| letter.is_alphanumeric() || *letter == '[')?;
    let end = host + AddressReader::new(&text[host..], before == Some('\'')).read();
    let end = start + trimmed(&text[start..end]).len();
    (end > host).then_some(end)
}

/// Removes the punctuation that ends a sentence rather than an address.
pub(super) fn trimmed(address: &str) -> &str {
    address.trim_end_matches(['.', ',', ':', ';', '!', '?', '\''])
}

/// Reads an address after its scheme.
struct AddressReader<'a> {
    text: &'a str,
    /// Whether a single quote precedes the address, so that the next one ends it.
    is_quoted: bool,
    /// Positions of the open brackets, and the brackets that close them.
    open: Vec<(usize, char)>,
    is_in_host: bool,
    host_has_dot: bool,
    /// Whether the current segment has a letter of another script than Latin.
    is_foreign: bool,
    before: char,
}

impl<'a> AddressReader<'a> {
    fn new(text: &'a str, is_quoted: bool) -> Self {
        let (open, before) = (Vec::new(), '/');
        Self { text, is_quoted, open, is_in_host: true, host_has_dot: false, is_foreign: false, before }
    }

    fn read(mut self) -> usize {
        let end = self.text.char_indices().find(|(at, letter)| !self.takes(*at, *letter));
        let end = end.map_or(self.text.len(), |(at, _)| at);
        // An unclosed bracket begins a remark: `https://example.org(see below`.
        self.open.first().map_or(end, |(at, _)| *at)
    }

    /// Takes a character, unless the address ends before it.
    fn takes(&mut self, at: usize, letter: char) -> bool {
        if ends_address(letter) || letter == '\'' && self.is_quoted || !self.takes_bracket(at, letter) {
            return false;
        }
        if !letter.is_ascii() && !continues_latin(letter) {
            let is_next_word = self.before.is_ascii_alphanumeric() && !self.is_foreign;
            let is_particle = PARTICLES.contains(&letter) && self.before.is_ascii();
            if is_next_word && !self.is_label_of_host(at) || is_particle {
                return false;
            }
            self.is_foreign = true;
        }
        match letter {
            '/' | '?' | '#' => (self.is_in_host, self.is_foreign) = (false, false),
            '=' | '&' => self.is_foreign = false,
            '.' if self.is_in_host => (self.host_has_dot, self.is_foreign) = (true, false),
            _ => {}
        }
        self.before = letter;
        true
    }

    /// Takes a bracket if it opens, or closes the last open one. Takes every other character.
    fn takes_bracket(&mut self, at: usize, letter: char) -> bool {
        match letter {
            '(' | '[' | '{' if self.open.len() == BRACKETS => return false,
            '(' => self.open.push((at, ')')),
            '[' => self.open.push((at, ']')),
            '{' => self.open.push((at, '}')),
            ')' | ']' | '}' => return self.open.pop_if(|(_, closing)| *closing == letter).is_some(),
            _ => {}
        }
        true
    }

    /// Returns whether a letter belongs to a host name that mixes scripts, such as `abc日本.jp`: more of the host follows. After a
    /// dot, the host is complete, and a sentence goes on: `example.comを`.
    fn is_label_of_host(&self, at: usize) -> bool {
        let mut rest = self.text[at..].chars();
        let is_in_label = |letter: &char| is_word(*letter) || is_unspaced(*letter) || *letter == '-';
        self.is_in_host
            && !self.host_has_dot
            && rest.by_ref().take(LABEL).find(|letter| !is_in_label(letter)) == Some('.')
            && rest.next().is_some_and(char::is_alphanumeric)
    }
}

/// Returns the end of the address between `<` and `>` that begins at `start`.
pub(super) fn angled_address_end(text: &str, start: usize) -> Option<usize> {
    let end = start + text[start..].find(|letter: char| letter.is_whitespace() || matches!(letter, '<' | '>'))?;
    (text[end..].starts_with('>') && is_link(&text[start..end])).then_some(end)
}

/// Returns the end of the destination of a link `[text](destination)` that begins at `start`: the position of its `)`.
pub(super) fn destination_end(text: &str, start: usize) -> Option<usize> {
    if !SCHEMES.iter().any(|scheme| starts_with(&text[start..], scheme)) {
        return None;
    }
    let mut open = 0;
    for (at, letter) in text[start..].char_indices() {
        match letter {
            '(' if open == BRACKETS => return None,
            '(' => open += 1,
            ')' if open == 0 => return is_link(&text[start..start + at]).then_some(start + at),
            ')' => open -= 1,
            '<' | '>' | '"' => return None,
            _ if letter.is_whitespace() => return None,
            _ => {}
        }
    }
    None
}

/// Returns whether an address is safe and more than a scheme.
fn is_link(address: &str) -> bool {
    is_safe_address(address) && !SCHEMES.iter().any(|scheme| address.eq_ignore_ascii_case(scheme))
}
