//! Parts of a view in the document.

use std::borrow::Cow;

use leptos::reactive::effect::RenderEffect;
use web_sys::{Node, Text};

use crate::{
    ReactiveText, View,
    dom::{element::DrawnElement, keyed::DrawnList, place::Place, reactive::DrawnParts},
};

/// A part of a view in the document.
pub(super) enum Part {
    Nothing,
    Text(Text, Cow<'static, str>),
    ReactiveText(Text, RenderEffect<()>),
    Element(Box<DrawnElement>),
    Reactive(DrawnParts),
    Keyed(DrawnList),
}

impl Part {
    /// Draws a view.
    pub(super) fn draw(view: View, place: &Place) -> Self {
        match view {
            View::Nothing => Self::Nothing,
            View::Text(text) => Self::Text(place.text(&text), text),
            View::ReactiveText(text) => {
                let node = place.text("");
                let effect = follow_text(node.clone(), text);
                Self::ReactiveText(node, effect)
            }
            View::Element(element) => Self::Element(Box::new(DrawnElement::draw(element, place))),
            View::Reactive(parts) => Self::Reactive(DrawnParts::draw(parts, place)),
            View::Keyed(list) => Self::Keyed(DrawnList::draw(list, place)),
        }
    }

    /// Redraws the part as another view, with the same nodes.
    ///
    /// # Errors
    ///
    /// Returns the view if it needs other nodes.
    fn redraw(&mut self, view: View) -> Result<(), View> {
        match (self, view) {
            (Self::Nothing, View::Nothing) => {}
            (Self::Text(node, drawn), View::Text(text)) => {
                if *drawn != text {
                    node.set_data(&text);
                    *drawn = text;
                }
            }
            (Self::ReactiveText(node, effect), View::ReactiveText(text)) => *effect = follow_text(node.clone(), text),
            (Self::Element(drawn), View::Element(element)) => return drawn.redraw(element),
            (Self::Reactive(drawn), View::Reactive(parts)) => drawn.redraw(parts),
            (_, view) => return Err(view),
        }
        Ok(())
    }

    /// Calls `visit` with each node that is not inside another node of the part.
    pub(super) fn for_each_node(&self, visit: &mut dyn FnMut(&Node)) {
        match self {
            Self::Nothing => {}
            Self::Text(node, _) | Self::ReactiveText(node, _) => visit(node),
            Self::Element(element) => visit(element.node()),
            Self::Reactive(parts) => parts.for_each_node(visit),
            Self::Keyed(list) => list.for_each_node(visit),
        }
    }

    /// Removes the part from the document. It is dropped afterwards, because removing a focused element calls listeners.
    pub(super) fn remove(self) {
        self.for_each_node(&mut |node| {
            if let Some(parent) = node.parent_node() {
                _ = parent.remove_child(node);
            }
        });
    }
}

/// Returns the first node of parts.
pub(super) fn first_node(parts: &[Part]) -> Option<Node> {
    parts.iter().find_map(|part| {
        let mut first = None;
        part.for_each_node(&mut |node| {
            first.get_or_insert_with(|| node.clone());
        });
        first
    })
}

/// Returns the last node of parts.
pub(super) fn last_node(parts: &[Part]) -> Option<Node> {
    parts.iter().rev().find_map(|part| {
        let mut last = None;
        part.for_each_node(&mut |node| last = Some(node.clone()));
        last
    })
}

/// Redraws parts as other views, position by position. `end` returns the position after the last part.
pub(super) fn redraw_all(parts: &mut Vec<Part>, mut views: Vec<View>, end: &dyn Fn(&[Part]) -> Place) {
    parts.drain(views.len().min(parts.len())..).for_each(Part::remove);
    let added = views.split_off(parts.len());
    if !added.is_empty() {
        let end = end(parts);
        parts.extend(added.into_iter().map(|view| Part::draw(view, &end)));
    }
    for (index, view) in views.into_iter().enumerate().rev() {
        if let Err(view) = parts[index].redraw(view) {
            let part = Part::draw(view, &end(parts).or_before(first_node(&parts[index + 1..])));
            std::mem::replace(&mut parts[index], part).remove();
        }
    }
}

/// Writes a text into a node whenever it changes.
fn follow_text(node: Text, text: ReactiveText) -> RenderEffect<()> {
    RenderEffect::new(move |_| {
        let text = text.call(());
        if node.data() != text {
            node.set_data(&text);
        }
    })
}
