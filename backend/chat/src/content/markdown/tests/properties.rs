//! Properties of every text, tried with generated ones.

use fastrand::Rng;

use super::{super::letters::is_visible, *};

/// Number of generated texts. More of them are tried by the fuzzer.
const TEXTS: usize = 20_000;

/// Parts of generated texts: markers of every kind, and what is often beside them.
const PARTS: [&str; 74] = [
    "*",
    "**",
    "***",
    "_",
    "__",
    "___",
    "~",
    "~~",
    "~~~",
    "`",
    "``",
    "```",
    "\n",
    "\n",
    "\n",
    "\n\n",
    "\n> ",
    "\n>",
    "\n> > ",
    "\n- ",
    "\n  - ",
    "\n    ",
    "\n  ",
    "\n1. ",
    "\n2. ",
    "\n10) ",
    "\n# ",
    "\n## ",
    "\n```\n",
    "\n```rust\n",
    "\n---",
    "\n===",
    " ",
    " ",
    " ",
    "  ",
    "\t",
    "\u{3000}",
    "\\",
    "&lt;",
    "<",
    ">",
    "[",
    "]",
    "](",
    ")",
    "(",
    "![",
    "[x]: ",
    "https://a.b/c",
    "<https://a.b>",
    "](https://a.b)",
    "http://日本.jp",
    "mailto:a@b.c",
    "@Ann",
    "|",
    "<b>",
    "a",
    "b",
    "word",
    "x1",
    "2",
    "é",
    "日本",
    "を",
    "。",
    "「",
    "」",
    "한글",
    "עברית",
    "ไทย",
    "🎉",
    "\u{200d}",
    ".",
];

fn generated(rng: &mut Rng) -> String {
    let parts = rng.usize(1..24);
    (0..parts).map(|_| PARTS[rng.usize(..PARTS.len())]).collect()
}

/// Returns the visible characters that HTML shows, without the numbers of lists.
pub(super) fn shown(html: &str) -> String {
    let text = html.split('<').map(|part| part.rsplit('>').next().unwrap_or(part)).collect::<String>();
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    visible(&entities.iter().fold(text, |text, (entity, letter)| text.replace(entity, letter)))
}

fn visible(text: &str) -> String {
    text.chars().filter(|letter| is_visible(*letter)).collect()
}

#[test]
fn all_typed_characters_are_shown_except_delimiters() {
    let mut rng = Rng::with_seed(1);
    let people = people(&["Ann", "b", "*"]);
    let mut rich = 0;
    for _ in 0..TEXTS {
        let text = generated(&mut rng);
        let Some(html) = html_of(&text, &people) else { continue };
        rich += 1;
        assert_eq!(check_shown(&text, &html), Ok(()), "{text:?}: {html}");
        assert_html_is_safe(&html, &text);
        assert_ne!(shown(&html), "", "{text:?} is blank: {html}");
    }
    assert!(rich > TEXTS / 2, "{rich} of {TEXTS} texts have marks");
}

#[test]
fn a_text_looks_the_same_beside_other_texts() {
    let mut rng = Rng::with_seed(2);
    for _ in 0..TEXTS {
        let text = generated(&mut rng);
        let alone = html_of(&text, &[]).map_or_else(|| visible(&text), |html| shown(&html));
        let below = html_of(&format!("**x**\n\n{text}"), &[]).unwrap();
        assert_eq!(shown(&below), format!("x{alone}"), "{text:?}: {below}");
    }
}

#[test]
fn check_shown_rejects_html_that_loses_characters() {
    for (text, html) in [
        ("a *b", "<p>a b</p>"),
        ("a **b**", "<p>a <em>b</em></p>"),
        ("a **b** c", "<p>a <strong>b</strong></p>"),
        ("a", "<p>ab</p>"),
        ("a*b*c", "<p>a<em>b</em>c</p>"),
        ("****", "<p><strong></strong></p>"),
        ("- ", "<ul><li></li></ul>"),
        ("7. a", "<ol start=\"1\"><li>a</li></ol>"),
        ("> a\nb", "<blockquote><p>a<br>b</p></blockquote>"),
        (">a", "<blockquote><p>a</p></blockquote>"),
        ("- a\nb", "<ul><li>a</li><li>b</li></ul>"),
        ("\\*a", "<p>*a</p>"),
        ("&lt;", "<p>&lt;</p>"),
        ("https://a.b", "<p><a href=\"https://a.c\">https://a.b</a></p>"),
        ("[a](https://a.b)", "<p><a href=\"https://a.c\">a</a></p>"),
        ("[a](https://a.b)", "<p>a</p>"),
        ("[a]: https://a.b", "<p></p>"),
        ("```\na\n```", "<pre><code>b</code></pre>"),
        ("```a b c?\nx\n```", "<pre><code>x</code></pre>"),
        ("a\n---", "<p><strong>a</strong></p>"),
    ] {
        assert!(check_shown(text, html).is_err(), "{text}: {html}");
    }
    for (text, html) in [
        ("***a***", "<p><em><strong>a</strong></em></p>"),
        ("> a\n>\n> > b\nc", "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote><p>c</p>"),
        ("# a", "<p><strong>a</strong></p>"),
        ("7. a\n8. b", "<ol start=\"7\"><li>a</li><li>b</li></ol>"),
        ("<https://a.b>", "<p><a href=\"https://a.b\">https://a.b</a></p>"),
        ("```rust\na\n```", "<pre><code>a\n</code></pre>"),
    ] {
        assert_eq!(check_shown(text, html), Ok(()), "{text}: {html}");
    }
}
