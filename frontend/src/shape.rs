//! The shape of the page's HTML: tells whether something changed the server's HTML before the program hydrates it.
//!
//! Hydration walks through the nodes and expects each one where the server rendered it. Extensions, translators and
//! number detectors wrap, add, merge and split nodes. The shape is a hash of the names of all nodes in document order.
//! Texts and attributes are no part of it, because hydration does not depend on them.

/// Attribute of the root element with the shape of the rendered content.
pub(crate) const ATTRIBUTE: &str = "data-shape";

/// Hash of the names of nodes (FNV-1a).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape(u32);

impl Shape {
    /// The shape of nothing.
    const fn empty() -> Self {
        Self(0x811c_9dc5)
    }

    /// Adds a node by its `nodeName`. The names of HTML elements are in upper case there.
    fn add(&mut self, name: &str) {
        for byte in name.bytes().chain([b' ']) {
            self.0 = (self.0 ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193);
        }
    }

    /// Returns the attribute's value.
    pub(crate) fn to_attribute(self) -> String {
        self.0.to_string()
    }

    /// Returns the shape of HTML that this crate rendered: tags are complete, and attributes are in double quotes.
    #[cfg(feature = "ssr")]
    pub(crate) fn of_html(html: &str) -> Self {
        let mut shape = Self::empty();
        let mut rest = html;
        while !rest.is_empty() {
            let Some(tag) = rest.strip_prefix('<') else {
                shape.add("#text");
                rest = &rest[rest.find('<').unwrap_or(rest.len())..];
                continue;
            };
            if let Some(comment) = tag.strip_prefix('!') {
                shape.add("#comment");
                rest = if comment.starts_with("--") { after(comment, "-->") } else { after(comment, ">") };
                continue;
            }
            if !tag.starts_with('/') {
                shape.add(tag.split([' ', '>', '/']).next().unwrap_or_default());
            }
            rest = after_tag(tag);
        }
        shape
    }

    /// Returns the shape of an element's content.
    #[cfg(feature = "hydrate")]
    pub(crate) fn of_content(root: &web_sys::Element) -> Self {
        let mut shape = Self::empty();
        if let Ok(walker) = leptos::prelude::document().create_tree_walker(root) {
            while let Ok(Some(node)) = walker.next_node() {
                shape.add(&node.node_name());
            }
        }
        shape
    }
}

/// Returns what follows `end` in `text`.
#[cfg(feature = "ssr")]
fn after<'a>(text: &'a str, end: &str) -> &'a str {
    text.find(end).map_or("", |at| &text[at + end.len()..])
}

/// Returns what follows a tag. A `>` in a quoted attribute does not end it.
#[cfg(feature = "ssr")]
fn after_tag(tag: &str) -> &str {
    let mut is_quoted = false;
    let end = tag.find(|char| {
        is_quoted ^= char == '"';
        char == '>' && !is_quoted
    });
    end.map_or("", |end| &tag[end + 1..])
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::Shape;

    fn of_nodes(names: &[&str]) -> Shape {
        let mut shape = Shape::empty();
        names.iter().for_each(|name| shape.add(name));
        shape
    }

    #[test]
    fn html_has_the_shape_of_the_nodes_that_a_browser_makes_of_it() {
        for (html, nodes) in [
            ("", &[][..]),
            ("hi", &["#text"]),
            ("<p>a<!>b</p><br>c", &["P", "#text", "#comment", "#text", "BR", "#text"]),
            ("<p title=\"a > b\">a</p>", &["P", "#text"]),
            ("<svg viewBox=\"0 0 1 1\"><path d=\"M0\"/></svg>", &["svg", "path"]),
            ("<!--a > b--><i></i>", &["#comment", "I"]),
            ("<textarea rows=\"1\" disabled></textarea>", &["TEXTAREA"]),
        ] {
            assert_eq!(Shape::of_html(html), of_nodes(nodes), "{html}");
        }
    }

    #[test]
    fn added_wrapped_merged_split_and_removed_nodes_change_the_shape() {
        let shape = Shape::of_html("<p>a<!>b</p><time>c</time>");
        for changed in [
            "<div></div><p>a<!>b</p><time>c</time>",
            "<p>a<!>b<x-y></x-y></p><time>c</time>",
            "<p><font>a</font><!>b</p><time>c</time>",
            "<p>ab</p><time>c</time>",
            "<p>a<!>b<!></p><time>c</time>",
            "<p>a<!>b</p><a>c</a>",
        ] {
            assert_ne!(Shape::of_html(changed), shape, "{changed}");
        }
    }

    #[test]
    fn other_texts_and_attributes_keep_the_shape() {
        let shape = Shape::of_html("<p>a</p>");
        assert_eq!(Shape::of_html("<p lang=\"ja\" data-x>b &lt; c</p>"), shape);
    }
}
