//! What a paste inserts: the text of the clipboard, or its images.
//!
//! Programs copy one thing in several formats. A spreadsheet adds a picture of the copied cells to their text, and a file
//! manager adds the name of the copied file to its bytes.

/// What a paste inserts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paste {
    /// The browser inserts the text.
    Text,
    /// The files are attached.
    Files,
}

/// The formats of a clipboard. A format that is missing is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClipboardFormats<'a> {
    /// `text/plain`.
    pub text: &'a str,
    /// `text/html`.
    pub html: &'a str,
    /// Names of the files. A copied picture has a name that the browser chose.
    pub files: &'a [String],
}

impl ClipboardFormats<'_> {
    /// Returns what a paste inserts: the files if the text only names them, and otherwise the text.
    pub fn paste(&self) -> Paste {
        if self.files.is_empty() {
            return Paste::Text;
        }
        let html = HtmlContent::of(self.html);
        let has_text = !self.text.trim().is_empty() || html.has_text;
        let is_picture = html.has_image && !html.has_text;
        if !has_text || is_picture || self.text_names_files(&html) { Paste::Files } else { Paste::Text }
    }

    /// Whether the text is the names or addresses of files, and nothing else.
    fn text_names_files(&self, html: &HtmlContent) -> bool {
        let mut lines = self.text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
        if lines.peek().is_none() {
            return false;
        }
        lines.all(|line| {
            // Some programs copy a picture together with its address. A cell of a table that holds an address is text.
            let is_address = !html.has_text && is_single_address(line);
            is_address || self.files.iter().any(|file| file == line || file == file_name(line)) || is_image_name(line)
        })
    }
}

/// What a reader sees of a piece of HTML.
struct HtmlContent {
    has_text: bool,
    has_image: bool,
}

impl HtmlContent {
    /// Word surrounds a picture with comments, styles and empty paragraphs.
    fn of(html: &str) -> Self {
        let mut content = Self { has_text: false, has_image: false };
        let mut rest = html;
        while let Some(start) = rest.find('<') {
            let (text, tag) = rest.split_at(start);
            content.has_text |= is_visible(text);
            content.has_image |= ["img", "v:imagedata", "picture", "svg"].iter().any(|name| has_name(tag, name));
            rest = after_tag(tag);
        }
        content.has_text |= is_visible(rest);
        content
    }
}

/// Returns what follows a tag; for comments and elements whose content no reader sees, what follows their end.
fn after_tag(tag: &str) -> &str {
    let hidden = [("style", "</style>"), ("title", "</title>"), ("xml", "</xml>")];
    let end = if tag.starts_with("<!--") {
        find_ignoring_case(tag, "-->").map(|at| at + 3)
    } else if let Some((_, end)) = hidden.iter().find(|(name, _)| has_name(tag, name)) {
        find_ignoring_case(tag, end).map(|at| at + end.len())
    } else {
        // A value in quotes may contain the character that ends a tag.
        let mut quote = None;
        let end = tag.find(|letter| match (quote, letter) {
            (Some(open), _) => {
                quote = quote.filter(|_| open != letter);
                false
            }
            (None, '"' | '\'') => {
                quote = Some(letter);
                false
            }
            (None, _) => letter == '>',
        });
        end.or_else(|| tag.find('>')).map(|at| at + 1)
    };
    end.map_or("", |end| &tag[end..])
}

/// Whether a tag begins with a name.
fn has_name(tag: &str, name: &str) -> bool {
    let start = tag.get(1..=name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    start && tag[1 + name.len()..].starts_with(|next: char| next.is_ascii_whitespace() || matches!(next, '>' | '/'))
}

fn find_ignoring_case(text: &str, part: &str) -> Option<usize> {
    text.as_bytes().windows(part.len()).position(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

/// Whether a text in HTML contains something other than spaces.
fn is_visible(text: &str) -> bool {
    ["&nbsp;", "&#160;", "&#xa0;"].iter().fold(text.to_owned(), |text, space| text.replace(space, " ")).chars().any(
        // A copied fragment may begin with a byte order mark, and end with the zero that ended it in the clipboard.
        |letter| !letter.is_whitespace() && !matches!(letter, '\0' | '\u{feff}' | '\u{200b}'),
    )
}

/// Whether a line is one address of the web or of a file.
fn is_single_address(line: &str) -> bool {
    let has_scheme = ["http://", "https://", "file://", "blob:", "data:image/"]
        .iter()
        .any(|scheme| line.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    has_scheme && !line.contains(char::is_whitespace)
}

/// Returns the part of a path after the last separator of any platform.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Whether a line is the name of an image file. The file itself may have a name that the browser chose.
fn is_image_name(line: &str) -> bool {
    const EXTENSIONS: [&str; 14] =
        ["png", "jpg", "jpeg", "jpe", "gif", "webp", "avif", "heic", "heif", "bmp", "tif", "tiff", "svg", "apng"];
    // The longest name that file systems have.
    let is_short = line.len() <= 255;
    let extension =
        file_name(line).rsplit_once('.').filter(|(name, _)| !name.is_empty()).map(|(_, extension)| extension);
    is_short && extension.is_some_and(|extension| EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension)))
}

#[cfg(test)]
mod tests;
