//! References to elements in the document.

use std::marker::PhantomData;

use leptos::wasm_bindgen::JsCast;
use web_sys::Element;

use crate::State;

/// A reference to an element of type `T`, once it is in the document. Views and effects can follow it.
pub struct NodeRef<T> {
    pub(crate) element: State<Option<Element>>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for NodeRef<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for NodeRef<T> {}

impl<T: JsCast> NodeRef<T> {
    /// Returns a reference of the current owner, without an element.
    #[expect(clippy::new_without_default, reason = "a default would belong to no owner that can be seen")]
    pub fn new() -> Self {
        Self { element: State::new(None), of: PhantomData }
    }

    /// Returns the element, and subscribes the caller to its changes.
    pub fn get(self) -> Option<T> {
        self.element.get().map(JsCast::unchecked_into)
    }

    /// Returns the element.
    pub fn get_untracked(self) -> Option<T> {
        self.element.get_untracked().map(JsCast::unchecked_into)
    }
}
