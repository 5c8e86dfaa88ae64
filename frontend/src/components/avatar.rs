//! The coloured initial of a person.

use leptos::prelude::*;
use shared_types::Person;

use crate::colour::{coloured, initial};

/// Decoration: the name stands beside it.
pub(crate) fn avatar(person: &Person) -> impl IntoView + use<> {
    view! { <span class=coloured("avatar", &person.id) aria-hidden="true">{initial(person)}</span> }
}
