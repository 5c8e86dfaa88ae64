//! The coloured initial of a person.

use leptos::prelude::*;
use shared_types::Person;

use crate::ui::parts::{
    colour::{coloured, initial},
    element::element,
};

/// Decoration: the name stands beside it.
pub(crate) fn avatar(person: &Person) -> AnyView {
    element("span").class(coloured("avatar", &person.id)).with("aria-hidden", "true").text(initial(person)).into_any()
}
