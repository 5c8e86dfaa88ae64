//! The description of an element.

use std::borrow::Cow;

use leptos::{
    ev::EventDescriptor,
    wasm_bindgen::{JsCast, convert::FromWasmAbi},
};
use web_sys::Event;

use crate::{NodeRef, State, View, function::Call};

/// The description of an element: its tag, attributes, listeners and children. It is a pointer, because each call that adds
/// something takes and returns it.
pub struct Element(pub(crate) Box<Description>);

#[derive(Default)]
pub(crate) struct Description {
    pub(crate) tag: &'static str,
    pub(crate) attributes: Vec<(&'static str, Value)>,
    pub(crate) children: Vec<View>,
    /// Markup in place of children.
    pub(crate) markup: Option<String>,
    /// The text of a field.
    pub(crate) field_value: Option<String>,
    pub(crate) listeners: Vec<(&'static str, Listener)>,
    pub(crate) mount_handlers: Vec<MountHandler>,
}

pub(crate) type Listener = Box<dyn Call<Event, ()>>;
pub(crate) type MountHandler = Box<dyn FnOnce(&web_sys::Element)>;

/// The value of an attribute.
pub(crate) enum Value {
    Fixed(Cow<'static, str>),
    /// Follows the signals that it reads. Without a value, the element lacks the attribute.
    Reactive(ReactiveValue),
}

type ReactiveValue = Box<dyn Call<(), Option<Cow<'static, str>>>>;

/// Returns an element without attributes and children.
pub fn element(tag: &'static str) -> Element {
    Element(Box::new(Description { tag, ..Description::default() }))
}

impl Element {
    /// Sets the attribute `class`.
    pub fn class(self, class: impl Into<Cow<'static, str>>) -> Self {
        self.with("class", class)
    }

    /// Adds an attribute.
    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.0.attributes.push((name, Value::Fixed(value.into())));
        self
    }

    /// Adds an attribute if there is a value.
    pub fn optional_attribute(self, name: &'static str, value: Option<impl Into<Cow<'static, str>>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds an attribute that follows the signals that `value` reads.
    pub fn reactive_attribute<V: Into<Cow<'static, str>>>(
        self,
        name: &'static str,
        value: impl Fn() -> Option<V> + 'static,
    ) -> Self {
        self.push_reactive(name, Box::new(move |()| value().map(Into::into)))
    }

    fn push_reactive(mut self, name: &'static str, value: ReactiveValue) -> Self {
        self.0.attributes.push((name, Value::Reactive(value)));
        self
    }

    /// Adds an attribute without value that the element has while `is_set` returns `true`.
    pub fn flag(self, name: &'static str, is_set: impl Fn() -> bool + 'static) -> Self {
        self.reactive_attribute(name, move || is_set().then_some(""))
    }

    /// Calls `listener` for each event, for example of [`click`](leptos::ev::click).
    pub fn on<E>(self, event: E, listener: impl Fn(E::EventType) + 'static) -> Self
    where
        E: EventDescriptor<EventType: JsCast + FromWasmAbi>,
    {
        let listener = move |event: Event| listener(event.unchecked_into());
        let Cow::Borrowed(name) = event.name() else {
            unreachable!("only events that are made at run time own their name")
        };
        self.push_listener(name, Box::new(listener))
    }

    fn push_listener(mut self, event: &'static str, listener: Listener) -> Self {
        self.0.listeners.push((event, listener));
        self
    }

    /// Calls `handler` with the element once it exists. Nothing is called for an element that is redrawn.
    pub fn on_mount(mut self, handler: impl FnOnce(&web_sys::Element) + 'static) -> Self {
        self.0.mount_handlers.push(Box::new(handler));
        self
    }

    /// Stores the element in a reference.
    pub fn node_ref<T>(self, node_ref: NodeRef<T>) -> Self {
        self.stored_in(node_ref.element)
    }

    fn stored_in(self, node_ref: State<Option<web_sys::Element>>) -> Self {
        self.on_mount(move |element| node_ref.set(Some(element.clone())))
    }

    /// Sets the text of a field, which people can change. It is set again when it is redrawn with another one.
    pub fn field_value(mut self, value: String) -> Self {
        self.0.field_value = Some(value);
        self
    }

    /// Adds a child. A child that is `None` keeps its position.
    pub fn child(mut self, child: impl Into<View>) -> Self {
        self.0.children.push(child.into());
        self
    }

    /// Adds children.
    pub fn children(mut self, children: impl IntoIterator<Item: Into<View>>) -> Self {
        self.0.children.extend(children.into_iter().map(Into::into));
        self
    }

    /// Adds a text as a child.
    pub fn text(self, text: impl Into<Cow<'static, str>>) -> Self {
        self.child(View::Text(text.into()))
    }

    /// Sets markup in place of children. It is not escaped, so it must not contain text of users.
    pub fn markup(mut self, markup: String) -> Self {
        self.0.markup = Some(markup);
        self
    }
}
