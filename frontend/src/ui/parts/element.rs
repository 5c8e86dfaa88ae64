//! Elements of one type. Every `view!` is a type of its own, and for each the code is compiled that draws, hydrates and
//! changes it; for these it is there once.

use std::sync::{Arc, Mutex};

use leptos::{
    prelude::*,
    reactive::effect::RenderEffect,
    tachys::{
        html::attribute::any_attribute::AnyAttribute,
        hydration::Cursor,
        no_attrs,
        reactive_graph::SharedReactiveFunction,
        renderer::{RemoveEventHandler, Rndr},
        view::{Mountable, Position, PositionState, Render, RenderHtml},
    },
};
use web_sys::{
    Event, Node,
    wasm_bindgen::{JsCast as _, JsValue},
};

/// An element before it is drawn.
#[derive(Default)]
pub(crate) struct Element {
    tag: &'static str,
    attributes: Vec<(&'static str, Value)>,
    listeners: Vec<(&'static str, Listener)>,
    /// Is given the element once it is there.
    holder: Option<Holder>,
    children: Vec<AnyView>,
    /// Markup that stands in it instead of children.
    markup: Option<String>,
}

type Listener = Box<dyn FnMut(Event) + Send>;
type Holder = Box<dyn FnOnce(&web_sys::Element) + Send>;
/// A listener that can be replaced while the browser holds on to it.
type Held = Arc<Mutex<Listener>>;

enum Value {
    Fixed(String),
    /// Follows the signals that it reads.
    Reactive(Box<dyn Fn() -> Option<String> + Send>),
}

/// An element without anything.
pub(crate) fn element(tag: &'static str) -> Element {
    Element { tag, ..Element::default() }
}

/// A part that follows the signals that it reads.
pub(crate) fn reactive(part: impl FnMut() -> Vec<AnyView> + Send + 'static) -> AnyView {
    let part: SharedReactiveFunction<Vec<AnyView>> = Arc::new(Mutex::new(part));
    part.into_any()
}

/// A text that follows the signals that it reads.
pub(crate) fn reactive_text(text: impl FnMut() -> String + Send + 'static) -> AnyView {
    let text: SharedReactiveFunction<String> = Arc::new(Mutex::new(text));
    text.into_any()
}

impl Element {
    pub(crate) fn class(self, class: impl Into<String>) -> Self {
        self.with("class", class)
    }

    /// With an attribute.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, Value::Fixed(value.into())));
        self
    }

    /// With an attribute where there is a value for it.
    pub(crate) fn optional_attribute(self, name: &'static str, value: Option<&str>) -> Self {
        if let Some(value) = value { self.with(name, value) } else { self }
    }

    /// With an attribute that follows the signals that it reads.
    pub(crate) fn reactive_attribute(
        mut self,
        name: &'static str,
        value: impl Fn() -> Option<String> + Send + 'static,
    ) -> Self {
        self.attributes.push((name, Value::Reactive(Box::new(value))));
        self
    }

    pub(crate) fn on(mut self, event: &'static str, act: impl FnMut(Event) + Send + 'static) -> Self {
        self.listeners.push((event, Box::new(act)));
        self
    }

    pub(crate) fn on_mount(mut self, holder: impl FnOnce(&web_sys::Element) + Send + 'static) -> Self {
        self.holder = Some(Box::new(holder));
        self
    }

    pub(crate) fn child(mut self, child: AnyView) -> Self {
        self.children.push(child);
        self
    }

    pub(crate) fn children(mut self, children: impl IntoIterator<Item = AnyView>) -> Self {
        self.children.extend(children);
        self
    }

    /// With a child that may be missing: it keeps its place, so that the others are changed where they are.
    pub(crate) fn optional_child(self, child: Option<AnyView>) -> Self {
        self.child(child.into_any())
    }

    /// With markup in the place of children. It is not escaped: it must be harmless by its making.
    pub(crate) fn markup(mut self, markup: String) -> Self {
        self.markup = Some(markup);
        self
    }

    pub(crate) fn text(self, text: impl Into<String>) -> Self {
        self.child(text.into().into_any())
    }

    /// Gives life to what is drawn, with its fixed attributes where they are not there yet.
    fn attach_to(self, element: web_sys::Element, children: Vec<AnyViewState>, anew: bool) -> Drawn {
        let (attributes, effects, listeners) = Default::default();
        let markup = self.markup;
        let mut drawn = Drawn { tag: self.tag, element, attributes, effects, listeners, children, markup };
        drawn.attach(self.attributes, anew);
        for (event, act) in self.listeners {
            let act = Arc::new(Mutex::new(act));
            let heard = act.clone();
            let hear = move |event: JsValue| {
                if let Ok(mut act) = heard.lock() {
                    act(event.unchecked_into());
                }
            };
            let hearing = Rndr::add_event_listener(&drawn.element, event, Box::new(hear));
            drawn.listeners.push((event, act, hearing));
        }
        if let Some(holder) = self.holder {
            holder(&drawn.element);
        }
        drawn
    }

    /// Whether it can be made of what is drawn.
    fn is_like(&self, drawn: &Drawn) -> bool {
        self.tag == drawn.tag
            && self.listeners.iter().map(|(event, _)| event).eq(drawn.listeners.iter().map(|(event, ..)| event))
            && self.children.len() == drawn.children.len()
            && self.markup.is_some() == drawn.markup.is_some()
    }
}

type AnyViewState = <AnyView as Render>::State;

/// An element that is drawn.
pub(crate) struct Drawn {
    tag: &'static str,
    element: web_sys::Element,
    /// Their values, but for those that follow signals.
    attributes: Vec<(&'static str, Option<String>)>,
    effects: Vec<RenderEffect<()>>,
    /// They end with this.
    listeners: Vec<(&'static str, Held, RemoveEventHandler<web_sys::Element>)>,
    children: Vec<AnyViewState>,
    markup: Option<String>,
}

impl Drawn {
    fn attach(&mut self, attributes: Vec<(&'static str, Value)>, anew: bool) {
        let before = std::mem::take(&mut self.attributes);
        for (name, value) in attributes {
            match value {
                Value::Fixed(value) => {
                    // An image whose address is set is loaded again, even if it is the same.
                    let is_set = before.iter().any(|(set, before)| *set == name && before.as_ref() == Some(&value));
                    if anew && !is_set {
                        Rndr::set_attribute(&self.element, name, &value);
                    }
                    self.attributes.push((name, Some(value)));
                }
                Value::Reactive(value) => {
                    self.attributes.push((name, None));
                    let element = self.element.clone();
                    self.effects.push(RenderEffect::new(move |_| match value() {
                        Some(value) => Rndr::set_attribute(&element, name, &value),
                        None => Rndr::remove_attribute(&element, name),
                    }));
                }
            }
        }
    }
}

impl Render for Element {
    type State = Drawn;

    fn build(mut self) -> Drawn {
        let vector = matches!(self.tag, "svg" | "path").then_some("http://www.w3.org/2000/svg");
        let element = Rndr::create_element(self.tag, vector);
        if let Some(markup) = &self.markup {
            element.set_inner_html(markup);
        }
        let children = std::mem::take(&mut self.children).into_iter().map(|child| {
            let mut child = child.build();
            child.mount(&element, None);
            child
        });
        let children = children.collect();
        self.attach_to(element, children, true)
    }

    fn rebuild(self, drawn: &mut Drawn) {
        if !self.is_like(drawn) {
            let mut other = self.build();
            drawn.insert_before_this(&mut other);
            drawn.unmount();
            *drawn = other;
            return;
        }
        drawn.effects.clear();
        for (name, _) in &drawn.attributes {
            if !self.attributes.iter().any(|(kept, _)| kept == name) {
                Rndr::remove_attribute(&drawn.element, name);
            }
        }
        drawn.attach(self.attributes, true);
        for ((_, act), (_, drawn, _)) in self.listeners.into_iter().zip(&drawn.listeners) {
            if let Ok(mut drawn) = drawn.lock() {
                *drawn = act;
            }
        }
        for (child, drawn) in self.children.into_iter().zip(&mut drawn.children) {
            child.rebuild(drawn);
        }
        if drawn.markup != self.markup {
            drawn.element.set_inner_html(self.markup.as_deref().unwrap_or_default());
            drawn.markup = self.markup;
        }
    }
}

impl Mountable for Drawn {
    fn unmount(&mut self) {
        self.element.remove();
    }

    fn mount(&mut self, parent: &web_sys::Element, marker: Option<&Node>) {
        Rndr::insert_node(parent, &self.element, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let parent = self.element.parent_element();
        if let Some(parent) = &parent {
            child.mount(parent, Some(&self.element));
        }
        parent.is_some()
    }

    fn elements(&self) -> Vec<web_sys::Element> {
        vec![self.element.clone()]
    }
}

no_attrs!(Element);

impl RenderHtml for Element {
    type AsyncOutput = Self;
    type Owned = Self;
    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {
        self.children.iter_mut().for_each(RenderHtml::dry_resolve);
    }

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        html: &mut String,
        position: &mut Position,
        _escape: bool,
        mark_branches: bool,
        _extra: Vec<AnyAttribute>,
    ) {
        html.push('<');
        html.push_str(self.tag);
        for (name, value) in self.attributes {
            let value = match value {
                Value::Fixed(value) => Some(value),
                Value::Reactive(value) => value(),
            };
            if let Some(value) = value {
                for part in [" ", name, "=\"", &escaped(&value), "\""] {
                    html.push_str(part);
                }
            }
        }
        html.push('>');
        if !matches!(self.tag, "input" | "img") {
            html.push_str(self.markup.as_deref().unwrap_or_default());
            *position = Position::FirstChild;
            for child in self.children {
                child.to_html_with_buf(html, position, true, mark_branches, Vec::new());
            }
            for part in ["</", self.tag, ">"] {
                html.push_str(part);
            }
        }
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(mut self, cursor: &Cursor, position: &PositionState) -> Drawn {
        match position.get() {
            Position::FirstChild => cursor.child(),
            Position::Current => {}
            _ => cursor.sibling(),
        }
        let element: web_sys::Element = cursor.current().unchecked_into();
        position.set(Position::FirstChild);
        let children = std::mem::take(&mut self.children);
        let children = children.into_iter().map(|child| child.hydrate::<FROM_SERVER>(cursor, position)).collect();
        cursor.set(element.clone().into());
        position.set(Position::NextChild);
        self.attach_to(element, children, false)
    }

    fn into_owned(self) -> Self {
        self
    }
}

/// A text as it stands between quotes in HTML.
fn escaped(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_written_as_html_and_what_people_wrote_is_text_in_it() {
        let written =
            element("a").class("hit").with("title", "\"<&>").optional_attribute("href", None).text("<b>").into_any();
        assert_eq!(written.to_html(), "<a class=\"hit\" title=\"&quot;&lt;&amp;&gt;\">&lt;b&gt;</a>");
    }

    #[test]
    fn what_follows_signals_is_written_as_it_is_now() {
        let owner = Owner::new();
        owner.set();
        let shown = RwSignal::new(true);
        let row = element("p")
            .reactive_attribute("hidden", move || (!shown.get()).then(String::new))
            .child(reactive_text(|| "x".into()));
        assert_eq!(row.into_any().to_html(), "<p>x</p>");
        assert_eq!(
            element("input").reactive_attribute("checked", move || shown.get().then(String::new)).into_any().to_html(),
            "<input checked=\"\">"
        );
    }
}
