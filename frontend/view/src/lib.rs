//! The view layer of the page: a tree of elements and texts that follows Leptos signals.
//!
//! A [`View`] is a description. The server writes it as HTML with [`View::to_html`]. The browser draws it with
//! `dom::mount`, or takes over the server's HTML with `dom::hydrate`. From then on each reactive part is redrawn when a
//! signal that it read changes, and only the nodes that differ are touched.
//!
//! Leptos brings signals, effects and owners. Its own views are types of their own, one for each use of `view!`, and
//! the code that builds, hydrates and rebuilds a view is compiled for each type. Here that code exists once, which
//! makes the program of the page much smaller. docs/frontend.md compares both.
//!
//! For the same reason, values that views follow are of the type [`State`], and [`effect()`] starts effects. Both are
//! thin: the signals and effects behind them are those of Leptos, each of one type.

mod arena;
mod callback;
#[cfg(feature = "dom")]
pub mod dom;
mod effect;
mod element;
mod function;
mod html;
mod keyed;
mod node_ref;
mod state;

use std::borrow::Cow;

use crate::function::Call;

pub use callback::Callback;
pub use effect::effect;
pub use element::{Element, element};
pub use keyed::keyed;
pub use node_ref::NodeRef;
pub use state::{SharedState, State};

/// A part of the page.
pub enum View {
    /// No node. It keeps the position of an optional part, so that redrawing matches the parts around it.
    Nothing,
    /// A text that does not change.
    Text(Cow<'static, str>),
    /// A text that follows signals.
    ReactiveText(ReactiveText),
    /// An element.
    Element(Element),
    /// Parts that follow signals.
    Reactive(ReactiveParts),
    /// A list whose rows keep their elements when other rows come, go and move.
    Keyed(keyed::Keyed),
}

/// Returns a text. It is called again when a signal that it read changes.
type ReactiveText = Box<dyn Call<(), String>>;
/// Returns parts. It is called again when a signal that it read changes.
type ReactiveParts = Box<dyn Call<(), Vec<View>>>;

/// Returns a text that follows the signals that `text` reads.
pub fn reactive_text<T: Into<String>>(text: impl Fn() -> T + 'static) -> View {
    View::ReactiveText(Box::new(move |()| text().into()))
}

/// Returns parts that follow the signals that `parts` reads. An `Option` of a part is a list, too.
pub fn reactive<I: IntoIterator<Item: Into<View>>>(parts: impl Fn() -> I + 'static) -> View {
    View::Reactive(Box::new(move |()| parts().into_iter().map(Into::into).collect()))
}

impl From<Element> for View {
    fn from(element: Element) -> Self {
        Self::Element(element)
    }
}

impl From<&'static str> for View {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for View {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl<T: Into<View>> From<Option<T>> for View {
    fn from(part: Option<T>) -> Self {
        part.map_or(Self::Nothing, Into::into)
    }
}
