//! Elements in the document.

use std::{borrow::Cow, cell::RefCell, rc::Rc};

use leptos::{prelude::document, reactive::effect::RenderEffect};
use wasm_bindgen::{JsCast as _, UnwrapThrowExt as _, closure::Closure};
use web_sys::{Event, Node};

use crate::{
    Element, View,
    dom::{
        part::{Part, last_node, redraw_all},
        place::Place,
    },
    element::{Description, Listener, Value},
};

/// Tags that are made in the namespace of SVG.
const SVG_TAGS: [&str; 2] = ["path", "svg"];
const SVG_NAMESPACE: &str = "http://www.w3.org/2000/svg";

/// An element in the document.
pub(super) struct DrawnElement {
    tag: &'static str,
    element: web_sys::Element,
    /// The fixed attributes.
    attributes: Vec<(&'static str, Cow<'static, str>)>,
    /// The names of the reactive attributes, and what updates them.
    reactive: Vec<(&'static str, RenderEffect<()>)>,
    listeners: Vec<Listening>,
    mount_handlers: usize,
    field_value: Option<String>,
    children: Vec<Part>,
    markup: Option<String>,
}

/// A listener that is registered with the browser, and can be replaced.
struct Listening {
    element: web_sys::Element,
    event: &'static str,
    listener: Rc<RefCell<Rc<Listener>>>,
    callback: Closure<dyn Fn(Event)>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        let callback = self.callback.as_ref().unchecked_ref();
        _ = self.element.remove_event_listener_with_callback(self.event, callback);
    }
}

impl DrawnElement {
    pub(super) fn draw(Element(view): Element, place: &Place) -> Self {
        let taken = place.take_element(view.tag);
        let is_new = taken.is_none();
        let element = taken.unwrap_or_else(|| create(view.tag));
        let inside = place.inside(&element, is_new);
        match &view.markup {
            Some(markup) if is_new => element.set_inner_html(markup),
            _ => {}
        }
        let children = view.children.into_iter().map(|child| Part::draw(child, &inside)).collect();
        if view.markup.is_none() {
            inside.end();
        }
        let mut drawn = Self {
            tag: view.tag,
            attributes: Vec::new(),
            reactive: Vec::new(),
            listeners: view.listeners.into_iter().map(|(event, listener)| listen(&element, event, listener)).collect(),
            mount_handlers: view.mount_handlers.len(),
            field_value: None,
            children,
            markup: view.markup,
            element,
        };
        drawn.set_attributes(view.attributes, is_new);
        drawn.set_field_value(view.field_value);
        if is_new {
            place.insert(&drawn.element);
        }
        view.mount_handlers.into_iter().for_each(|handler| handler(&drawn.element));
        drawn
    }

    /// Redraws the element.
    ///
    /// # Errors
    ///
    /// Returns the view if it needs another element.
    pub(super) fn redraw(&mut self, Element(view): Element) -> Result<(), View> {
        if !self.fits(&view) {
            return Err(View::Element(Element(view)));
        }
        self.reactive.retain(|(name, _)| {
            view.attributes.iter().any(|(kept, _)| kept == name) || {
                _ = self.element.remove_attribute(name);
                false
            }
        });
        self.set_attributes(view.attributes, true);
        self.set_field_value(view.field_value);
        for (listening, (_, listener)) in self.listeners.iter().zip(view.listeners) {
            *listening.listener.borrow_mut() = Rc::new(listener);
        }
        // Something else may have added nodes behind the children, such as the toolbar of the log.
        let end = |children: &[Part]| {
            let last = last_node(children);
            let next = last.map_or_else(|| self.element.first_child(), |last| last.next_sibling());
            Place::before(self.element.clone().into(), next)
        };
        redraw_all(&mut self.children, view.children, &end);
        if self.markup != view.markup {
            self.element.set_inner_html(view.markup.as_deref().unwrap_or_default());
            self.markup = view.markup;
        }
        Ok(())
    }

    /// Whether the element can be redrawn as `view`.
    fn fits(&self, view: &Description) -> bool {
        self.tag == view.tag
            && self.markup.is_some() == view.markup.is_some()
            && self.mount_handlers == view.mount_handlers.len()
            && self.listeners.iter().map(|listening| &listening.event).eq(view.listeners.iter().map(|(event, _)| event))
    }

    /// Sets the attributes. An element from the server (`is_new` is false) has the fixed ones.
    fn set_attributes(&mut self, attributes: Vec<(&'static str, Value)>, is_new: bool) {
        let before = std::mem::take(&mut self.attributes);
        for (name, _) in &before {
            if !attributes.iter().any(|(kept, _)| kept == name) {
                _ = self.element.remove_attribute(name);
            }
        }
        self.reactive.clear();
        for (name, value) in attributes {
            match value {
                Value::Fixed(value) => {
                    // Setting the address of an image loads it again, even if the address is the same.
                    let is_set = before.iter().any(|(set, before)| *set == name && *before == value);
                    if is_new && !is_set {
                        _ = self.element.set_attribute(name, &value);
                    }
                    self.attributes.push((name, value));
                }
                Value::Reactive(value) => {
                    let element = self.element.clone();
                    let effect = RenderEffect::new(move |_| {
                        _ = match value.call(()) {
                            Some(value) => element.set_attribute(name, &value),
                            None => element.remove_attribute(name),
                        };
                    });
                    self.reactive.push((name, effect));
                }
            }
        }
    }

    /// Sets the text of a field, unless it was the last one that was set.
    fn set_field_value(&mut self, value: Option<String>) {
        if let Some(value) = value
            && self.field_value.as_ref() != Some(&value)
        {
            self.element.unchecked_ref::<web_sys::HtmlInputElement>().set_value(&value);
            self.field_value = Some(value);
        }
    }

    pub(super) fn node(&self) -> &Node {
        &self.element
    }
}

fn create(tag: &str) -> web_sys::Element {
    let created = if SVG_TAGS.contains(&tag) {
        document().create_element_ns(Some(SVG_NAMESPACE), tag)
    } else {
        document().create_element(tag)
    };
    // Without elements there is no page: the program ends, and the script that started it starts another one.
    created.unwrap_throw()
}

fn listen(element: &web_sys::Element, event: &'static str, listener: Listener) -> Listening {
    let listener = Rc::new(RefCell::new(Rc::new(listener)));
    let current = listener.clone();
    let callback = Closure::<dyn Fn(Event)>::new(move |event| {
        // A listener may cause another event, and be replaced meanwhile.
        let listener = current.borrow().clone();
        listener.call(event);
    });
    _ = element.add_event_listener_with_callback(event, callback.as_ref().unchecked_ref());
    Listening { element: element.clone(), event, listener, callback }
}
