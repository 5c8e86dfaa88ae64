//! Where the nodes of a view go, or come from.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::prelude::document;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Node, Text};

/// A position in the document.
#[derive(Clone)]
pub(super) struct Place {
    parent: Node,
    source: Source,
}

#[derive(Clone)]
enum Source {
    /// Nodes are made, and put before `next`, or at the end.
    New { next: Option<Node> },
    /// Nodes exist: the server has rendered them.
    Existing(Rc<Walk>),
}

/// The walk of hydration through the children of an element.
struct Walk {
    next: RefCell<Option<Node>>,
    /// Whether the last part was a text. A comment separates it from another text.
    follows_text: Cell<bool>,
    /// Whether any node of the page was missing.
    is_mismatch: Rc<Cell<bool>>,
}

impl Place {
    /// The end of an element.
    pub(super) fn at_end_of(parent: &Node) -> Self {
        Self::before(parent.clone(), None)
    }

    /// The position before a node.
    pub(super) fn before(parent: Node, next: Option<Node>) -> Self {
        Self { parent, source: Source::New { next } }
    }

    /// The position before a node in the same element. Without a node, this one.
    pub(super) fn or_before(&self, next: Option<Node>) -> Self {
        next.map_or_else(|| self.clone(), |next| Self::before(self.parent.clone(), Some(next)))
    }

    /// The existing children of an element.
    pub(super) fn existing(parent: &Node) -> Self {
        Self::walk(parent, Rc::default())
    }

    fn walk(parent: &Node, is_mismatch: Rc<Cell<bool>>) -> Self {
        let next = RefCell::new(parent.first_child());
        let walk = Walk { next, follows_text: Cell::new(false), is_mismatch };
        Self { parent: parent.clone(), source: Source::Existing(Rc::new(walk)) }
    }

    /// The position inside an element that was taken or made here.
    pub(super) fn inside(&self, element: &Element, is_new: bool) -> Self {
        match &self.source {
            Source::Existing(walk) if !is_new => Self::walk(element, walk.is_mismatch.clone()),
            _ => Self::at_end_of(element),
        }
    }

    pub(super) fn parent(&self) -> &Node {
        &self.parent
    }

    /// Ends the walk through existing children. A node that is left over is a mismatch: one like it may have been taken
    /// for another before.
    pub(super) fn end(&self) {
        if let Source::Existing(walk) = &self.source
            && walk.next.borrow().is_some()
        {
            walk.is_mismatch.set(true);
        }
    }

    /// Whether hydration has missed a node, or found one too many.
    pub(super) fn is_mismatch(&self) -> bool {
        matches!(&self.source, Source::Existing(walk) if walk.is_mismatch.get())
    }

    /// Puts a new node here. Existing content stays as it is.
    pub(super) fn insert(&self, node: &Node) {
        // Hydration has missed a node. What people typed is read from the content afterwards, so it stays as it is.
        let Source::New { next } = &self.source else { return };
        // Something else may have moved `next` elsewhere.
        if self.parent.insert_before(node, next.as_ref()).is_err() {
            _ = self.parent.append_child(node);
        }
    }

    /// Takes the next element if it exists and has this tag.
    pub(super) fn take_element(&self, tag: &str) -> Option<Element> {
        let Source::Existing(walk) = &self.source else { return None };
        walk.follows_text.set(false);
        let is_expected =
            |node: &Node| node.node_type() == Node::ELEMENT_NODE && node.unchecked_ref::<Element>().local_name() == tag;
        walk.take(is_expected).map(Node::unchecked_into)
    }

    /// Returns a text node. An existing one keeps its text.
    pub(super) fn text(&self, text: &str) -> Text {
        let made = || document().create_text_node(text);
        let Source::Existing(walk) = &self.source else {
            let node = made();
            self.insert(&node);
            return node;
        };
        if walk.follows_text.replace(true)
            && let Some(separator) = walk.take(is_comment)
        {
            _ = self.parent.remove_child(&separator);
        }
        match walk.take(|node| is_comment(node) || node.node_type() == Node::TEXT_NODE) {
            Some(node) if !is_comment(&node) => node.unchecked_into(),
            // The comment stands for an empty text.
            Some(comment) => {
                let node = made();
                _ = self.parent.replace_child(&node, &comment);
                node
            }
            None => made(),
        }
    }

    /// Returns a comment, which stands for parts without a node.
    pub(super) fn comment(&self) -> Node {
        if let Source::Existing(walk) = &self.source {
            walk.follows_text.set(false);
            if let Some(comment) = walk.take(is_comment) {
                return comment;
            }
        }
        let comment = document().create_comment("").into();
        self.insert(&comment);
        comment
    }
}

impl Walk {
    /// Takes the next node if it is as expected. Otherwise, notes the mismatch.
    fn take(&self, is_expected: impl Fn(&Node) -> bool) -> Option<Node> {
        let taken = self.next.borrow().clone().filter(|node| is_expected(node));
        match &taken {
            Some(node) => *self.next.borrow_mut() = node.next_sibling(),
            None => self.is_mismatch.set(true),
        }
        taken
    }
}

fn is_comment(node: &Node) -> bool {
    node.node_type() == Node::COMMENT_NODE
}
