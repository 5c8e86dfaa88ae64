//! The longest texts of the worst kinds.

use std::time::Instant;

use shared_types::limits::TEXT_CHARS;

use super::*;

/// Parts that are repeated to the maximum length of a text. In each, a parser can look far for what is not there.
const UNITS: [&str; 54] = [
    "*a*b",
    "*a ",
    "a* ",
    "*a **b ***c ",
    "a* b** c*** ",
    "_a_b",
    "__a ",
    "~~a ",
    "~~",
    "~",
    "*",
    "**",
    "_",
    "*_",
    "*_~~",
    "*_*a ",
    "[",
    "]",
    "[]",
    "[a](",
    "[a](b",
    "[a](https://x",
    "[a](https://x)",
    "[a](https://x(",
    "[ ](https://x)",
    "![",
    "`",
    "`a",
    "`a``b",
    "` ",
    "<",
    "<https://",
    "<https://a>",
    "http://a.b ",
    "https://x(",
    "https://x[a](",
    "-https://x(",
    "https://a_*~~b",
    "**https://a_b/*_",
    "http://aあ",
    "https://a.,;",
    "> ",
    "- ",
    ">\n",
    "- a\n",
    "- a\n\n",
    "1. a\n",
    "```\n",
    "```\na\n",
    "# a\n",
    "\n",
    "@",
    "@Ann ",
    "語",
];

/// Returns the texts with their names.
fn texts() -> Vec<(String, String)> {
    let repeated = |unit: &str| unit.chars().cycle().take(TEXT_CHARS).collect::<String>();
    let growing = |unit: &str| {
        (1..).flat_map(|count| (unit.repeat(count) + " ").chars().collect::<Vec<_>>()).take(TEXT_CHARS).collect()
    };
    let nested =
        |marker: &str| (0..88).map(|depth| format!("{}{marker}x\n", "  ".repeat(depth / 2))).collect::<String>();
    let units = UNITS.iter().map(|unit| ((*unit).into(), repeated(unit)));
    let growing = ["`", "*", "~", "a`", "#", ">"].map(|unit| (format!("{unit}, more each time"), growing(unit)));
    let nested = ["- ", "1. ", "> "].map(|marker| (format!("{marker}, further in each time"), nested(marker)));
    let mixed = "**https://a.b/c** `x` *y* ~~z~~ [d](https://e.f) @Ann 語。\n- > ";
    units
        .chain(growing)
        .chain(nested)
        .chain([("mixed".into(), repeated(mixed)), ("```rust".into(), format!("```rust\n{}", repeated("A(")))])
        .collect()
}

/// Prints the time of each: `cargo test --release -p chat --lib cost -- --nocapture`.
#[test]
fn the_longest_texts_are_shown_whole() {
    let people = people(&["Ann", "Ann of Cleves", "@", "a", "b", "c", "d", "e", "f", "g"]);
    let mut costs = Vec::new();
    for (name, text) in texts() {
        let text: String = text.chars().take(TEXT_CHARS).collect();
        let started = Instant::now();
        let html = html_of(&text, &people);
        costs.push((started.elapsed(), name, html.as_ref().map_or(0, String::len)));
        if let Some(html) = html {
            assert_html_is_safe(&html, &text);
            assert_eq!(check_shown(&text, &html), Ok(()), "{text}");
        }
    }
    costs.sort_unstable();
    for (time, name, bytes) in costs.iter().rev().take(20) {
        println!("{:>7.3} ms  {bytes:>6} bytes  {name:?}", time.as_secs_f64() * 1_000.0);
    }
}
