//! Where addresses begin and end.

use super::*;

/// Checks the addresses of the links in a text, each of which is shown as it was typed.
fn check_links(cases: &[(&str, &[&str])]) {
    for (text, expected) in cases {
        let html = html_of(text, &[]).unwrap_or_default();
        let links: Vec<&str> = html.split(" href=\"").skip(1).filter_map(|link| link.split('"').next()).collect();
        let expected: Vec<String> =
            expected.iter().map(|link| link.replace('&', "&amp;").replace('\'', "&#39;")).collect();
        assert_eq!(links, expected, "{text}");
        for link in links {
            assert!(html.contains(&format!("href=\"{link}\">{link}</a>")), "{text}: {html}");
        }
        assert_eq!(check_shown(text, &html), Ok(()), "{text}: {html}");
    }
}

#[test]
fn an_address_ends_where_the_sentence_goes_on() {
    let a = "https://example.com/a";
    check_links(&[
        ("詳細はhttps://example.com/aをご覧ください。", &[a]),
        ("「https://example.com/a」", &[a]),
        ("https://example.com/a\u{3000}次", &[a]),
        ("https://example.com/a、https://example.com/a。", &[a, a]),
        ("（https://example.com/a）", &[a]),
        ("https://example.com/a！すごい", &[a]),
        ("https://example.com/a를 보세요", &[a]),
        ("请看https://example.com/a，谢谢", &[a]),
        ("https://example.com/aは", &[a]),
        ("https://example.com/a🎉", &[a]),
        ("https://example.com/aดู", &[a]),
        ("https://example.com/a؟", &[a]),
        ("“https://example.com/a” ‘https://example.com/a’ «https://example.com/a»", &[a, a, a]),
        ("\"https://example.com/a\" 'https://example.com/a' <https://example.com/a>", &[a, a, a]),
        ("(https://example.com/a) [https://example.com/a] {https://example.com/a}", &[a, a, a]),
        (
            "https://example.com/a. https://example.com/a, https://example.com/a!? https://example.com/a: https://example.com/a...",
            &[a, a, a, a, a],
        ),
        ("https://example.com/a—see", &[a]),
        ("https://example.com/a|b", &[a]),
        ("https://example.com/a\\n", &[a]),
        ("https://example.com/a(see below", &[a]),
        ("(see https://example.com/a).", &[a]),
        ("https://example.comを開いて", &["https://example.com"]),
        ("https://example.com/をご覧ください", &["https://example.com/"]),
        ("https://example.com/를 보세요", &["https://example.com/"]),
        ("http://localhost:8080を開いて", &["http://localhost:8080"]),
        ("https://example.com/a\nb", &[a]),
        ("https://example.com/a\u{200b}b", &[a]),
        ("https://example.com/a\u{202e}b", &[a]),
    ]);
}

#[test]
fn an_address_has_letters_of_all_scripts() {
    for address in [
        "http://日本語.jp",
        "https://日本語.jp/パス",
        "http://abc日本語.jp/",
        "HTTP://bücher.example/ä",
        "https://de.wikipedia.org/wiki/Müller",
        "https://ja.wikipedia.org/wiki/東京2020大会",
        "https://ja.wikipedia.org/wiki/ひらがなを学ぶ",
        "https://ru.wikipedia.org/wiki/Россия",
        "https://fa.wikipedia.org/wiki/می\u{200c}خواهم",
        "https://hi.wikipedia.org/wiki/हिन्दी",
        "https://example.com/?q=東京&x=1#節",
        "http://a",
        "https://en.wikipedia.org/wiki/Rust_(language)",
        "https://commons.wikimedia.org/wiki/File:A_$_b_(c)_[d].jpg",
        "https://example.com/_foo_/bar",
        "https://example.com/*a*",
        "https://example.com/**",
        "https://example.com/~ann/~~x~~",
        "https://example.com/[x](y)",
        "https://example.com/a_b?x[]=1&y={z}&c=d;e#f.g",
        "https://user:pass@example.com:8080/",
        "http://[::1]:8080/x",
        "https://example.com/O'Reilly",
        "https://example.com/a%20b+c,d",
    ] {
        check_links(&[
            (address, &[address]),
            (&format!("({address})"), &[address]),
            (&format!("{address}。"), &[address]),
        ]);
        if !address.ends_with(['*', '~']) {
            check_links(&[(&format!("**{address}** x"), &[address]), (&format!("~~a {address}~~"), &[address])]);
        }
        check_links(&[(&format!("_foo {address} x"), &[address]), (&format!("- {address}, x"), &[address])]);
    }
}

#[test]
fn marks_around_an_address_are_not_part_of_it() {
    let link = "<a href=\"https://a.b/\">https://a.b/</a>";
    for (text, expected) in [
        ("**https://a.b/**", format!("<strong>{link}</strong>")),
        ("*https://a.b/*", format!("<em>{link}</em>")),
        ("_https://a.b/_", format!("<em>{link}</em>")),
        ("~~https://a.b/~~", format!("<del>{link}</del>")),
        ("***https://a.b/***", format!("<em><strong>{link}</strong></em>")),
        ("**_https://a.b/_**", format!("<strong><em>{link}</em></strong>")),
        ("**a https://a.b/.**", format!("<strong>a {link}.</strong>")),
        ("**https://a.b/**。", format!("<strong>{link}</strong>。")),
        ("**https://a.b/**です", format!("<strong>{link}</strong>です")),
        ("(**https://a.b/**)", format!("(<strong>{link}</strong>)")),
        ("**x** https://a.b/", format!("<strong>x</strong> {link}")),
        ("**https://a.b/ x**", format!("<strong>{link} x</strong>")),
        ("- **https://a.b/**", String::new()),
    ] {
        let html = html_of(text, &[]).unwrap_or_default();
        let html = html.replace(" target=\"_blank\" rel=\"noopener noreferrer nofollow ugc\"", "");
        let expected = if expected.is_empty() {
            format!("<ul><li><strong>{link}</strong></li></ul>")
        } else {
            format!("<p>{expected}</p>")
        };
        assert_eq!(html, expected, "{text}");
        assert_eq!(check_shown(text, &html_of(text, &[]).unwrap_or_default()), Ok(()), "{text}");
    }
}

#[test]
fn written_links_show_their_text() {
    let link = |href: &str, text: &str| format!("<p><a href=\"{href}\">{text}</a></p>");
    for (text, expected) in [
        ("[here](https://a.b)", link("https://a.b", "here")),
        ("[a **b** `c`](https://a.b)", link("https://a.b", "a <strong>b</strong> <code>c</code>")),
        ("**[a](https://a.b)**", "<p><strong><a href=\"https://a.b\">a</a></strong></p>".into()),
        ("*a [b* c](https://a.b)", "<p>*a <a href=\"https://a.b\">b* c</a></p>".into()),
        ("[a](https://a.b/(c))", link("https://a.b/(c)", "a")),
        ("[[a]](https://a.b)", link("https://a.b", "[a]")),
        ("[a](mailto:a@b.c)", link("mailto:a@b.c", "a")),
        ("<https://a.b/?c&d>", link("https://a.b/?c&amp;d", "https://a.b/?c&amp;d")),
        ("[日本](https://a.b/日本。)", link("https://a.b/日本。", "日本")),
        ("![x](https://a.b)", "<p>!<a href=\"https://a.b\">x</a></p>".into()),
    ] {
        let html = html_of(text, &[]).unwrap_or_default();
        assert_eq!(html.replace(" target=\"_blank\" rel=\"noopener noreferrer nofollow ugc\"", ""), expected, "{text}");
        assert_eq!(check_shown(text, &html), Ok(()), "{text}");
    }
    for text in [
        "[a](b)",
        "[a](/b)",
        "[a](javascript:b)",
        "[a]()",
        "[a] (https)",
        "[a](mailto:)",
        "[a](https://)",
        "xhttps://a.b",
        "git+https://a.b",
        "ftp://a.b",
        "https://",
        "https://.",
        "http://-",
        "www.a.b",
        "a@b.c",
        "mailto:a@b.c",
        "<a@b.c>",
    ] {
        assert_eq!(html_of(text, &[]), None, "{text}");
    }
}
