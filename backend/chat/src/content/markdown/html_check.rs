//! A check that HTML of user input is inert, for the attack tests and the fuzzer.

use super::{BYTES, addresses::is_safe_address};

/// The allowed elements without attributes.
const PLAIN: [&str; 10] = ["p", "strong", "em", "del", "code", "pre", "blockquote", "ul", "li", "ol"];

/// The allowed elements without content.
const EMPTY: [&str; 1] = ["br"];

/// The elements that may have a direction of their own.
const BLOCKS: [&str; 5] = ["p", "blockquote", "ul", "ol", "li"];

const CLASSES: [&str; 6] = ["mention", "hl-k", "hl-s", "hl-c", "hl-n", "hl-f"];

/// Checks that HTML is inert: it has only allowed elements, attributes and link addresses, every element is closed where it was
/// opened, and no link is in a link.
///
/// # Errors
///
/// Returns a sentence that says what is not allowed.
pub(crate) fn check_html(html: &str) -> Result<(), String> {
    if html.len() > BYTES {
        return Err(format!("it is {} bytes long", html.len()));
    }
    let mut open = Vec::new();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        let (tag, after) = after.split_once('>').ok_or("its last tag has no end")?;
        check_escaped(text)?;
        check_tag(tag, &mut open)?;
        rest = after;
    }
    check_escaped(rest)?;
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} is not closed")) }
}

fn check_escaped(text: &str) -> Result<(), String> {
    let has_unescaped = text.contains(['<', '>', '"', '\'']) || text.contains("&#0;");
    if has_unescaped { Err(format!("a character is not escaped in {text}")) } else { Ok(()) }
}

/// Checks a tag and adds its element to the open ones or removes it.
fn check_tag<'a>(tag: &'a str, open: &mut Vec<&'a str>) -> Result<(), String> {
    if let Some(name) = tag.strip_prefix('/') {
        return if open.pop() == Some(name) { Ok(()) } else { Err(format!("</{name}> closes what is not open")) };
    }
    if EMPTY.contains(&tag) {
        return Ok(());
    }
    let name = allowed_element(tag).ok_or_else(|| format!("<{tag}> is not allowed"))?;
    if name == "a" && open.contains(&name) {
        return Err("a link is in a link".into());
    }
    open.push(name);
    Ok(())
}

/// Returns the element that a tag opens, if the element and its attributes are allowed.
fn allowed_element(tag: &str) -> Option<&str> {
    if let Some(turned) = tag.strip_suffix(" dir=\"auto\"") {
        return allowed_element(turned).filter(|name| BLOCKS.contains(name));
    }
    if PLAIN.contains(&tag) {
        return Some(tag);
    }
    let (name, attributes) = tag.split_once(' ')?;
    let value = |before: &str| {
        let value = attributes.strip_prefix(before)?.strip_suffix('"')?;
        check_escaped(value).is_ok().then_some(value)
    };
    let allowed = match name {
        "span" => value("class=\"").is_some_and(|class| CLASSES.contains(&class)),
        "ol" => value("start=\"").is_some_and(|number| number.parse::<u64>().is_ok()),
        "a" => value("target=\"_blank\" rel=\"noopener noreferrer nofollow ugc\" href=\"").is_some_and(is_safe_address),
        _ => false,
    };
    allowed.then_some(name)
}
