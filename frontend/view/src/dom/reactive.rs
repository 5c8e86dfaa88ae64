//! Reactive parts in the document.

use std::{cell::RefCell, rc::Rc};

use leptos::reactive::effect::RenderEffect;
use web_sys::Node;

use crate::{
    ReactiveParts,
    dom::{
        part::{Part, first_node, last_node, redraw_all},
        place::Place,
    },
};

/// Reactive parts in the document.
pub(super) struct DrawnParts {
    parts: Rc<RefCell<Parts>>,
    effect: RenderEffect<()>,
}

struct Parts {
    drawn: Vec<Part>,
    placeholder: Placeholder,
}

impl DrawnParts {
    pub(super) fn draw(views: ReactiveParts, place: &Place) -> Self {
        let parts = Parts { drawn: Vec::new(), placeholder: Placeholder::new(place) };
        let parts = Rc::new(RefCell::new(parts));
        let effect = Self::follow(parts.clone(), views, Some(place.clone()));
        Self { parts, effect }
    }

    /// Follows other signals from now on.
    pub(super) fn redraw(&mut self, views: ReactiveParts) {
        self.effect = Self::follow(self.parts.clone(), views, None);
    }

    /// Redraws the parts whenever a signal changes. They are drawn at `place` first, unless they are drawn already.
    fn follow(parts: Rc<RefCell<Parts>>, views: ReactiveParts, mut place: Option<Place>) -> RenderEffect<()> {
        RenderEffect::new(move |_| {
            let views = views.call(());
            let Parts { drawn, placeholder } = &mut *parts.borrow_mut();
            let place = match place.take() {
                Some(place) => {
                    drawn.extend(views.into_iter().map(|view| Part::draw(view, &place)));
                    place
                }
                None => {
                    let place = placeholder.place_after(last_node(drawn)).unwrap_or_else(|| {
                        let home = placeholder.home();
                        drawn.iter().for_each(|part| part.for_each_node(&mut |node| home.insert(node)));
                        home
                    });
                    redraw_all(drawn, views, &|_| place.clone());
                    place
                }
            };
            placeholder.update(first_node(drawn).is_none(), &place);
        })
    }

    pub(super) fn for_each_node(&self, visit: &mut dyn FnMut(&Node)) {
        let parts = self.parts.borrow();
        parts.drawn.iter().for_each(|part| part.for_each_node(visit));
        parts.placeholder.node().into_iter().for_each(visit);
    }
}

/// A comment that keeps the position of parts while they have no node.
pub(super) struct Placeholder {
    node: Option<Node>,
    /// The element in which the parts were drawn.
    home: Node,
}

impl Placeholder {
    pub(super) fn new(place: &Place) -> Self {
        Self { node: None, home: place.parent().clone() }
    }

    pub(super) fn node(&self) -> Option<&Node> {
        self.node.as_ref()
    }

    /// Returns the position after the parts. `last` is their last node. Without a position, something else has removed
    /// it: all nodes belong at the end of the [home](Self::home).
    pub(super) fn place_after(&self, last: Option<Node>) -> Option<Place> {
        let last = last.or_else(|| self.node.clone())?;
        Some(Place::before(last.parent_node()?, last.next_sibling()))
    }

    /// Returns the end of the element in which the parts were drawn.
    pub(super) fn home(&self) -> Place {
        Place::at_end_of(&self.home)
    }

    /// Adds the comment if it is needed, and removes it if not.
    pub(super) fn update(&mut self, is_needed: bool, place: &Place) {
        match &self.node {
            None if is_needed => self.node = Some(place.comment()),
            Some(node) if !is_needed => {
                if let Some(parent) = node.parent_node() {
                    _ = parent.remove_child(node);
                }
                self.node = None;
            }
            _ => {}
        }
    }
}
