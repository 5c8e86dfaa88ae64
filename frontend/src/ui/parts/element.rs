//! Elements of one type. Every `view!` has a type of its own, and the code that builds, hydrates and rebuilds it is
//! compiled for each. For [`Element`] it is compiled once, which makes the WebAssembly smaller.

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

/// A description of an element.
#[derive(Default)]
pub(crate) struct Element {
    tag: &'static str,
    attributes: Vec<(&'static str, Value)>,
    listeners: Vec<(&'static str, Listener)>,
    /// Called with the element once it exists.
    mount_handler: Option<MountHandler>,
    children: Vec<AnyView>,
    /// Markup that replaces the children.
    markup: Option<String>,
}

type Listener = Box<dyn FnMut(Event) + Send>;
type MountHandler = Box<dyn FnOnce(&web_sys::Element) + Send>;
/// A listener that can be replaced while it is registered with the browser.
type SharedListener = Arc<Mutex<Listener>>;

enum Value {
    Fixed(String),
    /// Updated when a signal that it reads changes.
    Reactive(Box<dyn Fn() -> Option<String> + Send>),
}

/// Returns an element without attributes and children.
pub(crate) fn element(tag: &'static str) -> Element {
    Element { tag, ..Element::default() }
}

/// Returns views that are redrawn when a signal that they read changes.
pub(crate) fn reactive(views: impl FnMut() -> Vec<AnyView> + Send + 'static) -> AnyView {
    let views: SharedReactiveFunction<Vec<AnyView>> = Arc::new(Mutex::new(views));
    views.into_any()
}

/// Returns a text that is updated when a signal that it reads changes.
pub(crate) fn reactive_text(text: impl FnMut() -> String + Send + 'static) -> AnyView {
    let text: SharedReactiveFunction<String> = Arc::new(Mutex::new(text));
    text.into_any()
}

impl Element {
    pub(crate) fn class(self, class: impl Into<String>) -> Self {
        self.with("class", class)
    }

    /// Adds an attribute.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, Value::Fixed(value.into())));
        self
    }

    /// Adds an attribute if there is a value.
    pub(crate) fn optional_attribute(self, name: &'static str, value: Option<&str>) -> Self {
        if let Some(value) = value { self.with(name, value) } else { self }
    }

    /// Adds an attribute that is updated when a signal that it reads changes.
    pub(crate) fn reactive_attribute(
        mut self,
        name: &'static str,
        value: impl Fn() -> Option<String> + Send + 'static,
    ) -> Self {
        self.attributes.push((name, Value::Reactive(Box::new(value))));
        self
    }

    pub(crate) fn on(mut self, event: &'static str, listener: impl FnMut(Event) + Send + 'static) -> Self {
        self.listeners.push((event, Box::new(listener)));
        self
    }

    pub(crate) fn on_mount(mut self, handler: impl FnOnce(&web_sys::Element) + Send + 'static) -> Self {
        self.mount_handler = Some(Box::new(handler));
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

    /// Adds a child that may be missing. A missing child keeps its position, so that rebuilding matches the others.
    pub(crate) fn optional_child(self, child: Option<AnyView>) -> Self {
        self.child(child.into_any())
    }

    /// Sets markup in place of the children. It is not escaped, so it must not contain text of users.
    pub(crate) fn markup(mut self, markup: String) -> Self {
        self.markup = Some(markup);
        self
    }

    pub(crate) fn text(self, text: impl Into<String>) -> Self {
        self.child(text.into().into_any())
    }

    /// Registers listeners and reactive attributes with an element of the document. A new element (`is_new`) gets the
    /// fixed attributes, too; on others the server rendered them.
    fn attach_to(self, element: web_sys::Element, children: Vec<AnyViewState>, is_new: bool) -> ElementState {
        let (attributes, effects, listeners) = Default::default();
        let markup = self.markup;
        let mut state = ElementState { tag: self.tag, element, attributes, effects, listeners, children, markup };
        state.attach(self.attributes, is_new);
        for (event, listener) in self.listeners {
            let listener = Arc::new(Mutex::new(listener));
            let shared = listener.clone();
            let call = move |event: JsValue| {
                if let Ok(mut listener) = shared.lock() {
                    listener(event.unchecked_into());
                }
            };
            let remove = Rndr::add_event_listener(&state.element, event, Box::new(call));
            state.listeners.push((event, listener, remove));
        }
        if let Some(handler) = self.mount_handler {
            handler(&state.element);
        }
        state
    }

    /// Whether the element of `state` can be rebuilt as this one.
    fn matches(&self, state: &ElementState) -> bool {
        self.tag == state.tag
            && self.listeners.iter().map(|(event, _)| event).eq(state.listeners.iter().map(|(event, ..)| event))
            && self.children.len() == state.children.len()
            && self.markup.is_some() == state.markup.is_some()
    }
}

type AnyViewState = <AnyView as Render>::State;

/// An element in the document.
pub(crate) struct ElementState {
    tag: &'static str,
    element: web_sys::Element,
    /// Names and values; reactive attributes have no value here.
    attributes: Vec<(&'static str, Option<String>)>,
    effects: Vec<RenderEffect<()>>,
    /// They are removed when the state is dropped.
    listeners: Vec<(&'static str, SharedListener, RemoveEventHandler<web_sys::Element>)>,
    children: Vec<AnyViewState>,
    markup: Option<String>,
}

impl ElementState {
    fn attach(&mut self, attributes: Vec<(&'static str, Value)>, is_new: bool) {
        let before = std::mem::take(&mut self.attributes);
        for (name, value) in attributes {
            match value {
                Value::Fixed(value) => {
                    // Setting the address of an image loads it again, even if the address is the same.
                    let is_set = before.iter().any(|(set, before)| *set == name && before.as_ref() == Some(&value));
                    if is_new && !is_set {
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
    type State = ElementState;

    fn build(mut self) -> ElementState {
        let namespace = matches!(self.tag, "svg" | "path").then_some("http://www.w3.org/2000/svg");
        let element = Rndr::create_element(self.tag, namespace);
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

    fn rebuild(self, state: &mut ElementState) {
        if !self.matches(state) {
            let mut other = self.build();
            state.insert_before_this(&mut other);
            state.unmount();
            *state = other;
            return;
        }
        state.effects.clear();
        for (name, _) in &state.attributes {
            if !self.attributes.iter().any(|(kept, _)| kept == name) {
                Rndr::remove_attribute(&state.element, name);
            }
        }
        state.attach(self.attributes, true);
        for ((_, listener), (_, shared, _)) in self.listeners.into_iter().zip(&state.listeners) {
            if let Ok(mut shared) = shared.lock() {
                *shared = listener;
            }
        }
        for (child, child_state) in self.children.into_iter().zip(&mut state.children) {
            child.rebuild(child_state);
        }
        if state.markup != self.markup {
            state.element.set_inner_html(self.markup.as_deref().unwrap_or_default());
            state.markup = self.markup;
        }
    }
}

impl Mountable for ElementState {
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

    fn hydrate<const FROM_SERVER: bool>(mut self, cursor: &Cursor, position: &PositionState) -> ElementState {
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

/// Escapes a text for an attribute in HTML.
fn escaped(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_of_an_element_escapes_attributes_and_text() {
        let link =
            element("a").class("hit").with("title", "\"<&>").optional_attribute("href", None).text("<b>").into_any();
        assert_eq!(link.to_html(), "<a class=\"hit\" title=\"&quot;&lt;&amp;&gt;\">&lt;b&gt;</a>");
    }

    #[test]
    fn html_of_reactive_parts_has_their_current_values() {
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
