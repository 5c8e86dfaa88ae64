//! The dialect: what marks, and what is shown as it was typed.

use super::*;

/// Checks the HTML of each text. Links are written without the attributes that all links have, and `""` is plain text.
fn check_all(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let html = html_of(text, &[]).unwrap_or_default();
        let html = html.replace(" target=\"_blank\" rel=\"noopener noreferrer nofollow ugc\"", "");
        assert_eq!(html, *expected, "{text}");
        assert_eq!(check_shown(text, &html_of(text, &[]).unwrap_or_default()), Ok(()), "{text}");
    }
}

/// Checks that each text is shown as it was typed.
fn check_plain(texts: &[&str]) {
    for text in texts {
        assert_eq!(html_of(text, &[]), None, "{text}");
    }
}

#[test]
fn markers_without_text_are_shown() {
    check_plain(&[
        "*",
        "**",
        "***",
        "****",
        "_",
        "__",
        "___",
        "~",
        "~~",
        "`",
        "``",
        "```",
        "~~~",
        "-",
        "- ",
        "+",
        "* ",
        "2026.",
        "1. ",
        "#",
        "##",
        "## ",
        "###### ",
        ">",
        "> ",
        "> >",
        "---",
        "- - -",
        "* * *",
        "***\n***",
        "_ _ _",
        "```\n```",
        "```\n\n```",
        "```rust",
        "```rust\n",
        "```hello world",
        "~~~\u{1}\n~~~",
        "```\u{200b}\n```",
        "[]",
        "[]()",
        "` `",
        "** **",
        "*_*",
        "-\n-\n-",
        "1.\n2.",
        "=",
        "a\n===",
        "a\n---",
        "> >\n> >",
        "# #",
        "~~~~",
        "<>",
        "![]()",
        "@",
        "|",
        "\\",
        "&",
        "- *",
    ]);
    check_all(&[
        ("- a\n-\n- b", "<ul><li>a</li></ul><p>-</p><ul><li>b</li></ul>"),
        ("> -", "<blockquote><p>-</p></blockquote>"),
        ("```\n```\n**a**", "<p>```<br>```<br><strong>a</strong></p>"),
        ("***\n**a**", "<p>***<br><strong>a</strong></p>"),
        ("Title\n===\n**a**", "<p>Title<br>===<br><strong>a</strong></p>"),
    ]);
}

#[test]
fn references_and_definitions_are_shown() {
    check_plain(&["[a]: https", "[^1]: note", "[x][y]", "[x]\n\n[x]: y"]);
    check_all(&[
        (
            "**Links**\n\n[a]: https://example.com/a",
            "<p><strong>Links</strong></p><p>[a]: <a href=\"https://example.com/a\">https://example.com/a</a></p>",
        ),
        ("[a]: <https://a.b> \"t\"", "<p>[a]: <a href=\"https://a.b\">https://a.b</a> &quot;t&quot;</p>"),
    ]);
}

#[test]
fn quotes_and_lists_end_with_their_last_marked_line() {
    check_all(&[
        ("> quoted\nmy answer", "<blockquote><p>quoted</p></blockquote><p>my answer</p>"),
        ("- one\n- two\nafter", "<ul><li>one</li><li>two</li></ul><p>after</p>"),
        ("1. one\n2. two\nafter", "<ol start=\"1\"><li>one</li><li>two</li></ol><p>after</p>"),
        ("before\n> a\n> b\nafter", "<p>before</p><blockquote><p>a<br>b</p></blockquote><p>after</p>"),
        ("> a\n>\n> b", "<blockquote><p>a</p><p>b</p></blockquote>"),
        (">\n> a\n>", "<blockquote><p>a</p></blockquote>"),
        ("> > a\n> b\nc", "<blockquote><blockquote><p>a</p></blockquote><p>b</p></blockquote><p>c</p>"),
        ("> - a\n> - b\n> c\nd", "<blockquote><ul><li>a</li><li>b</li></ul><p>c</p></blockquote><p>d</p>"),
        ("- > a\n  > b\n- c", "<ul><li><blockquote><p>a<br>b</p></blockquote></li><li>c</li></ul>"),
        (
            "- a\n  more\n  - b\n    - c\n- d",
            "<ul><li>a<br>more<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>",
        ),
        ("- a\n\n- b\n\n\n- c", "<ul><li>a</li><li>b</li><li>c</li></ul>"),
        ("- a\n\n  b", "<ul><li>a<p>b</p></li></ul>"),
        ("- a\n\nb", "<ul><li>a</li></ul><p>b</p>"),
        ("- a\n\t- b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("1. a\n  - b\n2. c", "<ol start=\"1\"><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
        ("* a\n+ b", "<ul><li>a</li><li>b</li></ul>"),
        ("- [ ] a\n- [x] b", "<ul><li>[ ] a</li><li>[x] b</li></ul>"),
    ]);
    check_plain(&[">_<", ">:(", ">>> x", ">quote", "-5", "+1", "*x", "1.5", "1)", "1) a", "#1", "#tag", "a > b"]);
}

#[test]
fn numbers_are_shown_as_they_were_typed() {
    check_all(&[
        ("1. a\n1. b", "<ol start=\"1\"><li>a</li></ol><ol start=\"1\"><li>b</li></ol>"),
        ("3. a\n7. b", "<ol start=\"3\"><li>a</li></ol><ol start=\"7\"><li>b</li></ol>"),
        ("2026. A year", "<ol start=\"2026\"><li>A year</li></ol>"),
        ("0. a\n1. b", "<ol start=\"0\"><li>a</li><li>b</li></ol>"),
        ("999999999. a", "<ol start=\"999999999\"><li>a</li></ol>"),
    ]);
    check_plain(&["007. Bond", "01. May", "1234567890. a"]);
}

#[test]
fn emphasis_needs_no_spaces_in_scripts_without_spaces() {
    check_all(&[
        ("これは**「大事」**です。", "<p>これは<strong>「大事」</strong>です。</p>"),
        ("문서는 **마크다운(Markdown)**을", "<p>문서는 <strong>마크다운(Markdown)</strong>을</p>"),
        ("~~（旧）~~新", "<p><del>（旧）</del>新</p>"),
        ("これは**重要**です", "<p>これは<strong>重要</strong>です</p>"),
        ("これは*重要*です", "<p>これは<em>重要</em>です</p>"),
        ("Rust**言語**です", "<p>Rust<strong>言語</strong>です</p>"),
        ("**言語**Rust", "<p><strong>言語</strong>Rust</p>"),
        ("**太字。**次", "<p><strong>太字。</strong>次</p>"),
        ("価格は~~1000円~~800円です", "<p>価格は<del>1000円</del>800円です</p>"),
        ("这是**重要的**事情", "<p>这是<strong>重要的</strong>事情</p>"),
        ("他说：**“你好”**。", "<p>他说：<strong>“你好”</strong>。</p>"),
        ("이것은 **중요**합니다", "<p>이것은 <strong>중요</strong>합니다</p>"),
        ("ข้อความ**ตัวหนา**ครับ", "<p>ข้อความ<strong>ตัวหนา</strong>ครับ</p>"),
        ("هذا **مهم** جدا", "<p>هذا <strong>مهم</strong> جدا</p>"),
        ("זה **חשוב**, מאוד", "<p>זה <strong>חשוב</strong>, מאוד</p>"),
        ("これは`コード`です", "<p>これは<code>コード</code>です</p>"),
        ("「**強調**」", "<p>「<strong>強調</strong>」</p>"),
    ]);
    check_plain(&["ファイル_2026_最終.pdf", "報告_書_案", "الـ**كلمة**ات", "(*´▽｀*)", "(*'ω'*)", "(*^^*)", "(*≧▽≦*)"]);
}

#[test]
fn one_tilde_is_a_character() {
    check_plain(&["cp ~/notes.txt~ ~/notes.txt", "~no~", "a ~ b ~ c", "~100 ~200", "~~~no~~~", "a~~b~~c", "~~ no ~~"]);
    check_all(&[
        ("~~no~~", "<p><del>no</del></p>"),
        ("(~~no~~), ~~a b~~.", "<p>(<del>no</del>), <del>a b</del>.</p>"),
        ("~~a ~b~ c~~", "<p><del>a ~b~ c</del></p>"),
    ]);
}

#[test]
fn marks_apply_at_word_boundaries() {
    check_plain(&[
        "2*3*4",
        "2 * 3 * 4",
        "x**2 + y**2",
        "(a)**(b) + (c)**(d)",
        "2**3**4",
        "a*b*c",
        "snake_case_name",
        "__init__.py",
        "foo_bar_baz",
        "/usr/lib_x/lib_y_z",
        "int *p, *q;",
        "char **argv, **envp",
        "*p = *q;",
        "f(*args, **kwargs)",
        "f(&*a, &*b)",
        "int* p; int* q;",
        "*.rs *.toml",
        "(*.c|*.h)",
        "src/**/*.rs",
        "**/*.rs",
        "{**/*.rs,**/*.toml}",
        "a/**/b/**/c",
        "rm *.o *.a",
        "^.*foo.*$",
        "[a-z]*[0-9]*",
        r"\w*\d*",
        "(a*)(b*)",
        "SELECT *, a.* FROM a",
        "*/5 * * * *",
        "/*comment*/",
        "/* a */ /* b */",
        "f***ing",
        "s**t and f**k",
        "-_- ok -_-",
        "^_^ ^_^",
        ">_< >_<",
        "(>_<) (>_<)",
        "T_T T_T",
        "(*_*) (*_*)",
        "*_* *_*",
        r"¯\_(ツ)_/¯",
        "o_O o_O",
        "price* and size*",
        "it`s and that`s",
        "don`t won`t",
        r"C:\new\*",
        r"C:\new\*.txt C:\old\*.txt",
        r"\\server\share_a\b_c",
        "ann_b@example.org",
        "a_b_c@d_e.org",
        "**a",
        "a**",
        "**a *b",
        "*a\n\nb*",
        "**a* b",
        "*a** b",
        "__a**",
        "a ** b ** c",
        "| a | b |\n|---|---|\n| *x | y |",
        "<b>x</b>",
        "<!-- x -->",
        "a < b && c > d",
        "R&D",
        "hello",
        "two\nlines",
        "https:// nothing",
        "日本語",
        "  indented\n    more",
        "    let x = 1;",
    ]);
    check_all(&[
        (
            "*a* **b** ***c*** _d_ __e__",
            "<p><em>a</em> <strong>b</strong> <em><strong>c</strong></em> <em>d</em> <strong>e</strong></p>",
        ),
        (
            "(**a**) \"*b*\" **c**, _d_. **e**: *f*!",
            "<p>(<strong>a</strong>) &quot;<em>b</em>&quot; <strong>c</strong>, <em>d</em>. <strong>e</strong>: <em>f</em>!</p>",
        ),
        (
            "**a**/**b** — **c**–**d**…",
            "<p><strong>a</strong>/<strong>b</strong> — <strong>c</strong>–<strong>d</strong>…</p>",
        ),
        ("**Ann**'s **pre**-order", "<p><strong>Ann</strong>&#39;s <strong>pre</strong>-order</p>"),
        ("**a *b* c** *a **b** c*", "<p><strong>a <em>b</em> c</strong> <em>a <strong>b</strong> c</em></p>"),
        ("**a *b***, *a **b***", "<p><strong>a <em>b</em></strong>, <em>a <strong>b</strong></em></p>"),
        ("***a** b* ***c* d**", "<p><em><strong>a</strong> b</em> <strong><em>c</em> d</strong></p>"),
        ("**~~a~~** ~~**b**~~", "<p><strong><del>a</del></strong> <del><strong>b</strong></del></p>"),
        ("*a\nb*", "<p><em>a<br>b</em></p>"),
        ("*C++* and *C#*", "<p><em>C++</em> and <em>C#</em></p>"),
        ("**2*3** is 6", "<p><strong>2*3</strong> is 6</p>"),
        ("🎉**a**🎉", "<p>🎉<strong>a</strong>🎉</p>"),
        ("*naïve* élan **über**", "<p><em>naïve</em> élan <strong>über</strong></p>"),
        ("- **a**: *b*\n- c", "<ul><li><strong>a</strong>: <em>b</em></li><li>c</li></ul>"),
        ("# A **b**", "<p><strong>A <strong>b</strong></strong></p>"),
    ]);
}

#[test]
fn backslashes_and_entities_are_shown() {
    check_plain(&[
        r"\*not bold\*",
        r"\**a**",
        r"\_a_",
        r"\~~a~~",
        r"\`a`",
        r"\# a",
        r"\- a",
        r"\> a",
        "&lt;b&gt;",
        "&amp;",
        "&#60;b&#62;",
        r"a\",
        r"^\d+\.\w*$",
        r"C:\",
        r"1\. a",
        r"\(x\)",
    ]);
    check_all(&[
        (r"\*not bold\* **bold**", r"<p>\*not bold\* <strong>bold</strong></p>"),
        ("&lt;b&gt; **bold**", "<p>&amp;lt;b&amp;gt; <strong>bold</strong></p>"),
        (r"`C:\` `\*`", r"<p><code>C:\</code> <code>\*</code></p>"),
        (r"**C:\new\***", r""),
        (r"\[a](https://a.b)", "<p>\\[a](<a href=\"https://a.b\">https://a.b</a>)</p>"),
    ]);
}

#[test]
fn code_is_shown_as_it_is() {
    check_all(&[
        ("`a` ``b ` c`` ` d `", "<p><code>a</code> <code>b ` c</code> <code>d</code></p>"),
        ("`**a**` `https://a.b`", "<p><code>**a**</code> <code>https://a.b</code></p>"),
        ("`Vec`s (`x`)", "<p><code>Vec</code>s (<code>x</code>)</p>"),
        ("**`a`** *`b`*", "<p><strong><code>a</code></strong> <em><code>b</code></em></p>"),
        ("`` `a` ``", "<p><code>`a`</code></p>"),
        ("```code```", "<p><code>code</code></p>"),
        ("`a **b` c**", "<p><code>a **b</code> c**</p>"),
        ("```\na\n\n  b\n```\nc", "<pre><code>a\n\n  b\n</code></pre><p>c</p>"),
        ("```\nunclosed **a**", "<pre><code>unclosed **a**\n</code></pre>"),
        ("```brainfuck\n+\n```", "<pre><code>+\n</code></pre>"),
        ("```hello world\nfoo\n```", "<pre><code>hello world\nfoo\n</code></pre>"),
        ("```hello\nfoo```", "<pre><code>hello\nfoo\n</code></pre>"),
        ("```こんにちは\n世界\n```", "<pre><code>こんにちは\n世界\n</code></pre>"),
        ("```hello world", ""),
        ("~~~\na\n```\n~~~", "<pre><code>a\n```\n</code></pre>"),
        ("````\n```\na\n```\n````", "<pre><code>```\na\n```\n</code></pre>"),
        ("> ```\n> a\n> ```\nb", "<blockquote><pre><code>a\n</code></pre></blockquote><p>b</p>"),
        ("> ```\n> a\nb", "<blockquote><pre><code>a\n</code></pre></blockquote><p>b</p>"),
        ("- a\n  ```\n  b\n\n  c\n  ```\n- d", "<ul><li>a<pre><code>b\n\nc\n</code></pre></li><li>d</li></ul>"),
        ("`a", ""),
        ("a ``b` c", ""),
    ]);
}

#[test]
fn white_space_is_kept_beside_marks() {
    check_all(&[
        ("  a  b\n    c **d**", "<p>  a  b<br>    c <strong>d</strong></p>"),
        ("**a**\n\nb\n\n\n\nc", "<p><strong>a</strong></p><p>b</p><p><br><br>c</p>"),
        ("**a**\r\nb\rc", "<p><strong>a</strong><br>b<br>c</p>"),
    ]);
}
