//! What has to be true of any HTML that is made of what people write: the rule that the attacks and the fuzzer go by.

use super::{BYTES, is_harmless};

/// The elements without an attribute.
const PLAIN: [&str; 10] = ["p", "strong", "em", "del", "code", "pre", "blockquote", "ul", "li", "ol"];

/// Those that nothing is in.
const EMPTY: [&str; 2] = ["br", "hr"];

const CLASSES: [&str; 6] = ["mention", "hl-k", "hl-s", "hl-c", "hl-n", "hl-f"];

/// Whether this HTML can do nothing: only known elements and attributes, each closed where it was opened, no link in a
/// link, and no address that a click may not follow.
///
/// # Errors
///
/// A sentence that says what it could do.
pub(crate) fn check_html(html: &str) -> Result<(), String> {
    if html.len() > BYTES {
        return Err(format!("it is {} bytes long", html.len()));
    }
    let mut open = Vec::new();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        let (tag, after) = after.split_once('>').ok_or("its last tag has no end")?;
        is_escaped(text)?;
        follow(tag, &mut open)?;
        rest = after;
    }
    is_escaped(rest)?;
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} is not closed")) }
}

fn is_escaped(text: &str) -> Result<(), String> {
    let signs = text.contains(['<', '>', '"', '\'']) || text.contains("&#0;");
    if signs { Err(format!("a sign was not escaped in {text}")) } else { Ok(()) }
}

/// Goes into an element or out of it.
fn follow<'a>(tag: &'a str, open: &mut Vec<&'a str>) -> Result<(), String> {
    if let Some(name) = tag.strip_prefix('/') {
        return if open.pop() == Some(name) { Ok(()) } else { Err(format!("</{name}> closes what is not open")) };
    }
    if EMPTY.contains(&tag) {
        return Ok(());
    }
    let name = element(tag).ok_or_else(|| format!("<{tag}> is not allowed"))?;
    if name == "a" && open.contains(&name) {
        return Err("a link is in a link".into());
    }
    open.push(name);
    Ok(())
}

/// The element that a tag opens, when it and its attributes are of the few that may be written.
fn element(tag: &str) -> Option<&str> {
    if PLAIN.contains(&tag) {
        return Some(tag);
    }
    let (name, attributes) = tag.split_once(' ')?;
    let value = |before: &str| {
        let value = attributes.strip_prefix(before)?.strip_suffix('"')?;
        is_escaped(value).is_ok().then_some(value)
    };
    let allowed = match name {
        "span" => value("class=\"").is_some_and(|class| CLASSES.contains(&class)),
        "ol" => value("start=\"").is_some_and(|number| number.parse::<u64>().is_ok()),
        "a" => value("target=\"_blank\" rel=\"noopener noreferrer nofollow ugc\" href=\"").is_some_and(is_harmless),
        _ => false,
    };
    allowed.then_some(name)
}
