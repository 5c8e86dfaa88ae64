//! Tests of the rendered HTML, and attacks that must have no effect.

use super::*;

mod cost;
mod dialect;
mod direction;
mod links;
mod properties;

fn people(names: &[&str]) -> Vec<Person> {
    let person = |name: &&str| Person {
        id: "p".parse().unwrap(),
        name: name.parse().unwrap(),
        moderator: false,
        appearance: Default::default(),
    };
    names.iter().map(person).collect()
}

#[test]
fn mentions_are_marked() {
    let people = people(&["Ann", "snake_case", "太郎", "R&D"]);
    let marked = |name: &str| format!("<span class=\"mention\">@{name}</span>");
    for (text, html) in [
        ("hi @Ann!", format!("hi {}!", marked("Ann"))),
        ("@Ann @Ann", format!("{0} {0}", marked("Ann"))),
        ("@太郎さん", format!("{}さん", marked("太郎"))),
        ("@snake_case", marked("snake_case")),
        ("@R&D", marked("R&amp;D")),
        ("**@Ann**", format!("<strong>{}</strong>", marked("Ann"))),
        ("`@Ann` @Ann", format!("<code>@Ann</code> {}", marked("Ann"))),
    ] {
        assert_eq!(html_of(text, &people), Some(format!("<p>{html}</p>")), "{text}");
    }
    for text in ["@Bob", "Ann", "me@Ann", "@Anna"] {
        assert_eq!(html_of(text, &people), None, "{text}");
    }
    for text in ["`@Ann`", "```\n@Ann\n```", "[@Ann](https://example.org)", "https://example.org/@Ann"] {
        let html = html_of(text, &people).unwrap();
        assert!(html.contains("@Ann") && !html.contains("span"), "{html}");
    }
}

#[test]
fn code_in_a_known_language_is_highlighted() {
    let code_block = |name: &str| html_of(&format!("```{name}\nlet x = 1; // <b>\n```"), &[]).unwrap();
    let span = |class: &str, text: &str| format!("<span class=\"{class}\">{text}</span>");
    let code = format!("{} x = {}; {}\n", span("hl-k", "let"), span("hl-n", "1"), span("hl-c", "// &lt;b&gt;"));
    for name in ["rust", "Rust", "rust,ignore"] {
        assert_eq!(code_block(name), format!("<pre><code>{code}</code></pre>"), "{name}");
    }
    for name in ["", "text", "brainfuck"] {
        assert_eq!(code_block(name), "<pre><code>let x = 1; // &lt;b&gt;\n</code></pre>", "{name}");
    }
    for (info, first) in [("rs main.rs", "main.rs"), ("rust {1-2}", "{1-2}")] {
        let html = html_of(&format!("```{info}\nlet\n```"), &[]).unwrap();
        assert!(html.starts_with("<pre><code>") && html.contains(&span("hl-k", "let")), "{html}");
        assert!(properties::shown(&html).starts_with(first), "{html}");
    }
    assert!(!html_of("```rust\n1\n```\n```\n2\n```", &[]).unwrap().contains(&span("hl-n", "2")));
}

#[test]
fn code_too_large_for_highlighting_is_shown_without_it() {
    let code = "1 ".repeat(1_980);
    let html = html_of(&format!("```rust\n{code}\n```"), &[]).unwrap();
    assert_eq!(html, format!("<pre><code>{code}\n</code></pre>"));
}

#[test]
fn highlighting_malformed_code_gives_safe_html() {
    let code = |unit: &str, count: usize| format!("```UNIT\n{}\n```", unit.repeat(count / unit.len()));
    for unit in [
        "([{<", "a", " ", "\"\\", "/*", "'\\", "<a ", "a::", "1_", "1.", "#[", "{-", "--[[", "=\"", "`${", "x\n", "語",
        "A(",
    ] {
        for name in ["rust", "js", "python", "html", "sql", "lua", "hs", "sh"] {
            let text = code(unit, 3_900).replace("UNIT", name);
            if let Some(html) = html_of(&text, &[]) {
                assert_html_is_safe(&html, unit);
            }
        }
    }
}

/// Checks that the HTML of `source` is inert.
fn assert_html_is_safe(html: &str, source: &str) {
    assert_eq!(check_html(html), Ok(()), "{source}: {html}");
}

#[test]
fn check_html_rejects_harmful_html() {
    let link = |href: &str| format!("<a target=\"_blank\" rel=\"noopener noreferrer nofollow ugc\" href=\"{href}\">");
    for harmless in ["<p>a<br>b</p>".into(), "<ol start=\"3\"><li>x</li></ol>".into(), link("https://a") + "x</a>"] {
        assert_html_is_safe(&harmless, "harmless HTML");
    }
    for harmful in [
        "<script></script>".into(),
        "<p onclick=\"x\"></p>".into(),
        "<p".into(),
        "p>".into(),
        "<p><em></p></em>".into(),
        "<p>".into(),
        "</p>".into(),
        "<span></span>".into(),
        "<span class=\"composer\"></span>".into(),
        "<ol start=\"x\"></ol>".into(),
        "<br onload=\"x\">".into(),
        "<a href=\"https://a\"></a>".into(),
        link("javascript:alert(1)") + "</a>",
        link("https://a\" onclick=\"x") + "</a>",
        link("https://a") + &link("https://b") + "</a></a>",
        "it's".into(),
    ] {
        assert!(check_html(&harmful).is_err(), "{harmful}");
    }
}

#[test]
fn attacks_in_texts_have_no_effect() {
    let corpus = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "**<svg onload=alert(1)>**",
        "<a href=\"javascript:alert(1)\">x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x]( javascript:alert(1))",
        "[x](&#x6A;avascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:msgbox(1))",
        "[x](//evil.example)",
        "[x](https://example.org\" onmouseover=\"alert(1))",
        "[x](https://example.org'onclick='alert(1))",
        "[x](<https://example.org/\"><script>alert(1)</script>>)",
        "![x](https://example.org/pixel.gif)",
        "![x](javascript:alert(1))",
        "[![x](javascript:alert(1))](https://example.org)",
        "[x][y]\n\n[y]: javascript:alert(1) \"title\"",
        "<javascript:alert(1)>",
        "`<script>`",
        "```<script>\n</code></pre><script>alert(1)</script>\n```",
        "```\" onload=\"alert(1)\n```",
        "```rust\n</code></pre><script>alert(1)</script> // <b>\n```",
        "```html\n<img src=\"x\" onerror='alert(1)'><!-- <b> -->\n```",
        "```js\"><script>\nlet x = '<script>' + `\"><b>` + 1<b>\n```",
        "```c++\" class=\"x\n\"<b>\" '<' /* </span> */ A<b>(\n```",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#60;script&#62;alert(1)&#60;/script&#62;",
        "\\<script\\>alert(1)",
        "<!-- --><script>alert(1)</script>",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<?php echo 1 ?>",
        "<style>*{display:none}</style>",
        "<iframe srcdoc=\"<script>alert(1)</script>\">",
        "<math><mtext></p><script>alert(1)</script>",
        "https://example.org/\"><script>alert(1)</script>",
        "https://example.org/'onclick=alert(1)",
        "javascript://example.org/%0aalert(1)",
        "# <b onclick=alert(1)>",
        "- <b>\n  - <i>",
        "99999999999999999999. x",
        "1<script>. x",
        "| <b> |\n|---|\n| x |",
        "[^1]\n\n[^1]: <b>",
        "- [ ] <b>",
        "\u{202e}**x**\u{0}",
        "<p\nonclick=alert(1)>",
        "*<*>*",
        "http://[::1]/<b>",
        "mailto:a@b.c?<b>",
    ];
    for text in corpus {
        if let Some(html) = html_of(text, &[]) {
            assert_html_is_safe(&html, text);
        }
    }
}

#[test]
fn attacks_in_names_have_no_effect() {
    let names = [
        "<script>alert(1)</script>",
        "<b>",
        "</span><img src=x onerror=alert(1)>",
        "\"><svg onload=alert(1)>",
        "x\" onclick=\"alert(1)",
        "x' onclick='alert(1)",
        "&lt;script&gt;",
        "&#60;b&#62;",
        "https://example.org/\"onclick=alert(1)",
        "javascript:alert(1)",
        "](javascript:alert(1))",
        "`</code><script>",
        "**",
        "@",
        "@@",
        "a@b",
        "<",
        "-->",
    ];
    let people = people(&names);
    for name in names {
        // The name as it is, with escapes, and as entities.
        let escaped: String =
            name.chars().map(|c| if c.is_ascii_punctuation() { format!("\\{c}") } else { c.into() }).collect();
        let entities: String = name.chars().map(|c| format!("&#{};", c as u32)).collect();
        for name in [name, &escaped, &entities] {
            for text in [
                format!("@{name}"),
                format!("**@{name}** `@{name}`"),
                format!("[@{name}](https://example.org/@{name})"),
                format!("```@{name}\n@{name}\n```"),
                format!("https://example.org/@{name}"),
                format!("<a title=\"@{name}\">"),
            ] {
                if let Some(html) = html_of(&text, &people) {
                    assert_html_is_safe(&html, &text);
                }
            }
        }
        // An address becomes a link, even if a person has the same name.
        if !name.contains("://") {
            let html = html_of(&format!("@{name}"), &people).unwrap();
            assert!(
                html.contains("<span class=\"mention\">@"),
                "{name} is marked as a mention, so the attack was tried: {html}"
            );
        }
    }
}

#[test]
fn quotes_and_lists_nest_to_a_maximum_depth() {
    let list = (0..20).map(|depth| format!("{}- x\n", "  ".repeat(depth))).collect::<String>();
    for (text, element) in
        [("> ".repeat(1_000) + "x", "<blockquote>"), ("- ".repeat(1_000) + "x", "<ul>"), (list, "<ul>")]
    {
        let html = html_of(&text, &[]).unwrap();
        assert_eq!(html.matches(element).count(), 8, "{html}");
        assert_eq!(check_shown(&text, &html), Ok(()));
    }
}

#[test]
fn marks_nest_to_a_maximum_depth() {
    for unit in ["*a ", "***a ", "**a *b ", "_a ***b __c ~~d "] {
        let text = unit.repeat(100) + &"x* y** z*** _ __ ~~ ".repeat(100);
        let Some(html) = html_of(&text, &[]) else { continue };
        let mut depth = 0_usize;
        for tag in html.split('<').filter(|tag| !tag.starts_with("br>")) {
            depth = if tag.starts_with('/') { depth - 1 } else { depth + 1 };
            assert!(depth <= 12, "{unit}: {html}");
        }
    }
}

#[test]
fn a_text_with_too_much_html_is_shown_as_plain_text() {
    for heavy in [
        "http://a.b ".repeat(363),
        "`a`".repeat(1_300),
        "[a](http://b.c)".repeat(266),
        "**a**\n\n".repeat(570),
        "@a ".repeat(1_333),
    ] {
        if let Some(html) = html_of(&heavy, &people(&["a"])) {
            assert_html_is_safe(&html, &heavy[..12]);
        }
    }
    assert_eq!(html_of(&"http://a.b ".repeat(363), &[]), None);
}
