//! Views as HTML.
//!
//! The HTML has the nodes that hydration expects. Two texts in a row would become one node, so a comment separates
//! them. A comment also stands for an empty text and for reactive parts without a node.

use crate::{Element, View, element::Value};

/// An empty comment, in the shortest form that browsers read as one.
const COMMENT: &str = "<!>";

/// Elements that cannot have children.
const VOID_ELEMENTS: [&str; 4] = ["br", "img", "input", "meta"];

impl View {
    /// Returns the HTML with the current values of all signals.
    pub fn to_html(&self) -> String {
        let mut writer = Writer { html: String::new(), follows_text: false };
        writer.view(self);
        writer.html
    }
}

struct Writer {
    html: String,
    /// Whether the last node is a text, or stands for one.
    follows_text: bool,
}

impl Writer {
    fn view(&mut self, view: &View) {
        match view {
            View::Nothing => {}
            View::Text(text) => self.text(text),
            View::ReactiveText(text) => self.text(&text.call(())),
            View::Element(element) => self.element(element),
            View::Reactive(parts) => self.parts(&parts.call(())),
            View::Keyed(list) => self.parts(&list.rows()),
        }
    }

    fn parts(&mut self, parts: &[View]) {
        let before = self.html.len();
        parts.iter().for_each(|part| self.view(part));
        if self.html.len() == before {
            self.comment();
        }
    }

    fn comment(&mut self) {
        self.html.push_str(COMMENT);
        self.follows_text = false;
    }

    fn text(&mut self, text: &str) {
        if self.follows_text {
            self.comment();
        }
        if text.is_empty() {
            self.comment();
        }
        self.escaped(text);
        self.follows_text = true;
    }

    fn element(&mut self, element: &Element) {
        let element = &element.0;
        self.html.push('<');
        self.html.push_str(element.tag);
        for (name, value) in &element.attributes {
            match value {
                Value::Fixed(value) => self.attribute(name, value),
                Value::Reactive(value) => {
                    if let Some(value) = value.call(()) {
                        self.attribute(name, &value);
                    }
                }
            }
        }
        self.html.push('>');
        if !VOID_ELEMENTS.contains(&element.tag) {
            self.html.push_str(element.markup.as_deref().unwrap_or_default());
            self.follows_text = false;
            element.children.iter().for_each(|child| self.view(child));
            for part in ["</", element.tag, ">"] {
                self.html.push_str(part);
            }
        }
        self.follows_text = false;
    }

    fn attribute(&mut self, name: &str, value: &str) {
        for part in [" ", name, "=\""] {
            self.html.push_str(part);
        }
        self.escaped(value);
        self.html.push('"');
    }

    /// Writes a text so that it means itself, in content and in attributes.
    fn escaped(&mut self, text: &str) {
        let mut rest = text;
        while let Some(index) = rest.bytes().position(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\r')) {
            self.html.push_str(&rest[..index]);
            self.html.push_str(match rest.as_bytes()[index] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                // The parser of HTML turns a carriage return into a line feed.
                _ => "&#13;",
            });
            rest = &rest[index + 1..];
        }
        self.html.push_str(rest);
    }
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use crate::{View, element, keyed, reactive, reactive_text};

    /// Returns the HTML of an element with one child.
    fn html(child: impl Into<View>) -> String {
        View::from(element("p").child(child)).to_html()
    }

    #[test]
    fn attributes_and_texts_are_escaped() {
        let link =
            element("a").class("hit").with("title", "\"<&>").optional_attribute("href", None::<&str>).text("<b>\r");
        assert_eq!(View::from(link).to_html(), "<a class=\"hit\" title=\"&quot;&lt;&amp;&gt;\">&lt;b&gt;&#13;</a>");
    }

    #[test]
    fn reactive_parts_have_their_current_values() {
        let owner = Owner::new();
        owner.set();
        let shown = RwSignal::new(true);
        let row = element("p").flag("hidden", move || !shown.get()).child(reactive_text(|| "x"));
        assert_eq!(View::from(row).to_html(), "<p>x</p>");
        assert_eq!(View::from(element("input").flag("checked", move || shown.get())).to_html(), "<input checked=\"\">");
        let list = keyed(
            move || if shown.get() { vec![1, 2] } else { vec![] },
            |row| row.to_string(),
            |row| element("i").text(row.to_string()),
        );
        assert_eq!(html(list), "<p><i>1</i><i>2</i></p>");
    }

    #[test]
    fn an_item_with_the_key_of_an_earlier_one_has_no_row() {
        let row = |item: &&str| element("i").text(item.to_string());
        let list = keyed(|| vec!["a1", "b1", "a2", "b2", "c1", "a3"], |item| item[..1].to_owned(), row);
        assert_eq!(html(list), "<p><i>a1</i><i>b1</i><i>c1</i></p>");
    }

    #[test]
    fn comments_separate_texts_and_stand_for_missing_ones() {
        for (children, expected) in [
            (vec!["a".into(), "b".into()], "a<!>b"),
            (vec!["a".into(), View::Nothing, "b".into()], "a<!>b"),
            (vec!["a".into(), element("br").into(), "b".into()], "a<br>b"),
            (vec!["".into(), "b".into()], "<!><!>b"),
            (vec!["a".into(), "".into()], "a<!><!>"),
            (vec!["a".into(), reactive(|| Some("b"))], "a<!>b"),
            (vec!["a".into(), reactive(|| None::<View>), "b".into()], "a<!>b"),
            (vec![View::Nothing], ""),
        ] {
            assert_eq!(View::from(element("p").children(children)).to_html(), format!("<p>{expected}</p>"));
        }
    }

    #[test]
    fn markup_is_written_as_it_is() {
        assert_eq!(View::from(element("div").markup("<b>x</b>".into())).to_html(), "<div><b>x</b></div>");
    }
}
