//! Views in the DOM.
//!
//! A view is drawn once and redrawn in place: a reactive part has an effect of its own, which compares the new parts
//! with the drawn ones, position by position.
//!
//! Extensions, translators and number detectors change the document at any time. Before the program starts, this shows
//! as a [`Mismatch`]. Afterwards, a node that is no longer where it was drawn is no error: what belongs beside it goes
//! to the end of the element.

mod element;
mod keyed;
mod part;
mod place;
mod reactive;

use leptos::prelude::Owner;
use web_sys::Element;

use crate::{
    View,
    dom::{part::Part, place::Place},
};

/// A view in the document. Its effects run until it is dropped.
#[must_use = "the view does not follow its signals any more when this is dropped"]
pub struct Mounted {
    part: Part,
    owner: Owner,
}

/// The content of an element is not what the view draws.
#[derive(Debug)]
pub struct Mismatch;

/// Draws a view at the end of an element. `view` runs in an [`Owner`] of its own.
pub fn mount(root: &Element, view: impl FnOnce() -> View) -> Mounted {
    draw(view, &Place::at_end_of(root))
}

/// Takes over the HTML of a view, as [`View::to_html`] has written it. Texts and attributes may differ.
///
/// # Errors
///
/// If a node of the view is missing or different, or if there are more. The content of `root` is of no use then.
pub fn hydrate(root: &Element, view: impl FnOnce() -> View) -> Result<Mounted, Mismatch> {
    let place = Place::existing(root);
    let mounted = draw(view, &place);
    place.end();
    if place.is_mismatch() {
        let Mounted { part, owner } = mounted;
        drop(part);
        owner.cleanup();
        return Err(Mismatch);
    }
    Ok(mounted)
}

fn draw(view: impl FnOnce() -> View, place: &Place) -> Mounted {
    // It fails if the executor is set already, which is as good.
    _ = any_spawner::Executor::init_wasm_bindgen();
    let owner = Owner::new();
    let part = owner.with(|| Part::draw(view(), place));
    Mounted { part, owner }
}

impl Mounted {
    /// Keeps the view until the document is closed.
    pub fn forget(self) {
        std::mem::forget(self);
    }
}
