//! The plain text of a rendered message, for places that show no formatting: quotes, search results, notifications and
//! lists of messages.

use crate::MessageText;

/// Elements of the server's HTML between which there is a space. All others are inside of a line.
const BLOCKS: [&str; 7] = ["p", "br", "li", "ul", "ol", "pre", "blockquote"];

/// Returns what a message shows, in one line and without marks. `html` is the server's rendering of `text`, if it has one.
pub fn plain_text(text: Option<&MessageText>, html: Option<&str>) -> Option<MessageText> {
    let text = text?;
    let shown = match html {
        Some(html) => one_line(&without_tags(html)),
        None => one_line(text.as_str()),
    };
    Some(shown.parse().unwrap_or_else(|_| text.clone()))
}

fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Returns the text of the HTML that the server makes of Markdown: it has no comments, no `<` in attributes, and five entities.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    for part in html.split('<') {
        // The first part has no tag before it.
        let (tag, rest) = part.split_once('>').unwrap_or(("", part));
        let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
        if BLOCKS.contains(&name) {
            text.push(' ');
        }
        push_unescaped(&mut text, rest);
    }
    text
}

fn push_unescaped(text: &mut String, mut escaped: &str) {
    while let Some(at) = escaped.find('&') {
        text.push_str(&escaped[..at]);
        let rest = &escaped[at..];
        let (entity, letter) = match rest.as_bytes().get(1) {
            Some(b'l') => ("&lt;", '<'),
            Some(b'g') => ("&gt;", '>'),
            Some(b'q') => ("&quot;", '"'),
            Some(b'#') => ("&#39;", '\''),
            _ => ("&amp;", '&'),
        };
        text.push(letter);
        escaped = rest.strip_prefix(entity).unwrap_or(&rest[1..]);
    }
    text.push_str(escaped);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_what_the_message_shows() {
        for (text, html, expected) in [
            ("**bold**", Some("<p><strong>bold</strong></p>"), "bold"),
            ("two\nlines", None, "two lines"),
            ("a\nb *c*", Some("<p>a<br>b <em>c</em></p>"), "a b c"),
            ("```\nlet x = 1;\n```", Some("<pre><code>let x = 1;\n</code></pre>"), "let x = 1;"),
            ("- a\n- b", Some("<ul><li>a</li><li>b</li></ul>"), "a b"),
            ("> q\na", Some("<blockquote><p>q</p></blockquote><p>a</p>"), "q a"),
            (
                "`<b>` & \"x\" it's",
                Some("<p><code>&lt;b&gt;</code> &amp; &quot;x&quot; it&#39;s</p>"),
                "<b> & \"x\" it's",
            ),
            ("`&lt;`", Some("<p><code>&amp;lt;</code></p>"), "&lt;"),
            ("un*believ*able", Some("<p>un<em>believ</em>able</p>"), "unbelievable"),
            ("[a](https://x.org/?b&c)", Some("<p><a target=\"_blank\" href=\"https://x.org/?b&amp;c\">a</a></p>"), "a"),
            ("**日本**語", Some("<p><strong>日本</strong>語</p>"), "日本語"),
        ] {
            let text = text.parse().unwrap();
            assert_eq!(plain_text(Some(&text), html).unwrap().as_str(), expected);
        }
        assert_eq!(plain_text(None, None), None);
    }

    #[test]
    fn a_message_of_invisible_html_keeps_its_text() {
        let text = "x".parse().unwrap();
        assert_eq!(plain_text(Some(&text), Some("<p></p>")), Some(text));
    }
}
