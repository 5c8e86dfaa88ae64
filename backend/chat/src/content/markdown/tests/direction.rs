//! The direction of each block is that of its first letter.

use fastrand::Rng;

use super::{
    super::direction::{
        Direction::{self, LeftToRight, RightToLeft},
        of_text,
    },
    *,
};

#[test]
fn blocks_with_another_direction_than_the_message_are_turned() {
    for (text, expected) in [
        ("hello\n\nשלום", "<p>hello</p><p dir=\"auto\">שלום</p>"),
        ("שלום\n\nhello", "<p>שלום</p><p dir=\"auto\">hello</p>"),
        ("hello\n\n**مرحبا**\n\nbye", "<p>hello</p><p dir=\"auto\"><strong>مرحبا</strong></p><p>bye</p>"),
        ("hello\n# שלום", "<p>hello</p><p dir=\"auto\"><strong>שלום</strong></p>"),
        ("> שלום\n\nhello", "<blockquote><p>שלום</p></blockquote><p dir=\"auto\">hello</p>"),
        ("hello\n> שלום", "<p>hello</p><blockquote dir=\"auto\"><p>שלום</p></blockquote>"),
        ("- one\n- שתיים", "<ul><li>one</li><li dir=\"auto\">שתיים</li></ul>"),
        ("see\n3. אחת\n4. two", "<p>see</p><ol start=\"3\" dir=\"auto\"><li>אחת</li><li dir=\"auto\">two</li></ol>"),
        (
            "> a\n> - ב\n>   - c",
            "<blockquote><p>a</p><ul dir=\"auto\"><li>ב<ul dir=\"auto\"><li>c</li></ul></li></ul></blockquote>",
        ),
        ("```\nlet x\n```\nשלום", "<pre><code>let x\n</code></pre><p dir=\"auto\">שלום</p>"),
    ] {
        let html = html_of(text, &[]).unwrap_or_default();
        assert_eq!(html, expected, "{text}");
        assert_html_is_safe(&html, text);
    }
}

#[test]
fn texts_of_one_direction_have_no_attribute() {
    for text in [
        "**hello**\n\nworld",
        "- **a**\n- 2\n\n> c",
        "**שלום**\n\nעולם",
        "- **אחת**\n- 2\n\n> שלום",
        // The direction of a block is that of its first letter. Other letters in it do not matter.
        "**hello** שלום\n\nhello שלום",
        "**שלום** hello\n\n123 שלום hello\n\n🎉 — 4",
        "> hello שלום\n\n```\nשלום\n```",
    ] {
        let html = html_of(text, &[]).unwrap();
        assert!(!html.contains("dir="), "{text}: {html}");
    }
    for text in ["hello\n\nworld", "שלום\n\nעולם", "hello\nשלום", "1\n\n2"] {
        assert_eq!(html_of(text, &[]), None, "{text}");
    }
}

#[test]
fn first_letters_have_the_direction_of_their_script() {
    for (text, is_right_to_left) in [
        ("א", true),
        ("ב\u{5bc}a", true),
        ("٣ عربي", true),
        ("ދިވެހި", true),
        ("𞤀", true),
        ("\u{200f}!", true),
        ("(a", false),
        ("12 日", false),
        ("🇮🇱 שלום", false),
        ("\u{200e}א", false),
    ] {
        assert_eq!(of_text(text), Some(if is_right_to_left { RightToLeft } else { LeftToRight }), "{text}");
    }
    for text in ["", "12", "٣", "🎉", "?!", "\u{64b}"] {
        assert_eq!(of_text(text), None, "{text:?}");
    }
}

/// An element of the HTML, with what a browser finds out about its direction.
struct Element {
    has_dir: bool,
    /// The texts in it that the browser reads to find its direction.
    read: String,
    /// All texts in it.
    text: String,
    /// Place of the element around it.
    parent: Option<usize>,
}

/// Reads HTML as a browser does that looks for the direction of elements: it leaves out elements that have a `dir` of their own.
fn elements(html: &str) -> Vec<Element> {
    let mut elements = vec![Element { has_dir: true, read: String::new(), text: String::new(), parent: None }];
    let mut open = vec![0];
    for part in html.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        // The letters of an entity are not in the text.
        let text = text.replace("&gt;", ">");
        if tag.starts_with('/') {
            open.pop();
        } else if tag != "br" {
            elements.push(Element {
                has_dir: tag.ends_with(" dir=\"auto\""),
                read: String::new(),
                text: String::new(),
                parent: open.last().copied(),
            });
            open.push(elements.len() - 1);
        }
        let mut is_read = true;
        for place in open.iter().rev() {
            elements[*place].text.push_str(&text);
            if is_read {
                elements[*place].read.push_str(&text);
            }
            is_read &= !elements[*place].has_dir;
        }
    }
    elements
}

#[test]
fn every_block_has_the_direction_of_its_first_letter_in_a_browser() {
    const PARTS: [&str; 14] =
        ["a ", "ש ", "1 ", "**", "\n", "\n\n", "\n> ", "\n- ", "\n  - ", "\n7. ", "\n# ", "\n```\n", "`", "🎉"];
    let mut rng = Rng::with_seed(3);
    let mut turned = 0;
    for _ in 0..20_000 {
        let text: String = (0..rng.usize(1..16)).map(|_| PARTS[rng.usize(..PARTS.len())]).collect();
        let Some(html) = html_of(&text, &[]) else { continue };
        assert_eq!(check_shown(&text, &html), Ok(()), "{text:?}: {html}");
        assert_html_is_safe(&html, &text);
        let elements = elements(&html);
        let mut directions = Vec::<Direction>::new();
        for (place, element) in elements.iter().enumerate() {
            let around = element.parent.map(|parent| directions[parent]);
            let found = || of_text(&element.read).unwrap_or(LeftToRight);
            directions.push(if element.has_dir { found() } else { around.unwrap() });
            turned += usize::from(element.has_dir && place > 0);
        }
        let blocks = html.split('<').skip(1).filter(|tag| !tag.starts_with(['/']) && !tag.starts_with("br>"));
        for ((element, direction), tag) in elements.iter().zip(&directions).skip(1).zip(blocks) {
            let is_block = ["p", "blockquote", "ul", "ol", "li"].contains(&tag.split([' ', '>']).next().unwrap());
            let expected = of_text(&element.text).filter(|_| is_block);
            assert!(expected.is_none_or(|expected| expected == *direction), "{tag} in {html}");
        }
    }
    assert!(turned > 1_000, "{turned} blocks are turned");
}
