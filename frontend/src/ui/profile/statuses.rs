//! The profiles of other people, as far as the page asked for them.

use std::cell::Cell;

use page_view::State;
use shared_types::{Person, PersonId, Profile};

/// The profiles of people who have a status, and of those who were asked for one by one.
type Statuses = Vec<Profile>;

thread_local! {
    /// The profiles that this page knows.
    static STATE: Cell<Option<State<Statuses>>> = const { Cell::new(None) };
}

/// Starts without any status. Call it outside of reactive parts, before [`status_of`].
pub(crate) fn init() {
    STATE.set(Some(State::new(Vec::new())));
}

/// Returns the status of a person, if it is known. Subscribes the caller to its changes.
pub(crate) fn status_of(person: &PersonId) -> Option<String> {
    let find = |statuses: &Statuses| {
        let found = statuses.iter().find(|profile| profile.person == *person)?;
        found.status.as_ref().map(ToString::to_string)
    };
    STATE.get()?.with(find)
}

/// Returns a person who is not in the room with the appearance that the server told, if it did. Subscribes the caller to its changes.
pub(crate) fn as_told(person: Person) -> Person {
    let find = |statuses: &Statuses| {
        let found = statuses.iter().find(|profile| profile.person == person.id)?;
        Some(found.appearance)
    };
    let told = STATE.get().and_then(|state| state.with(find));
    Person { appearance: told.unwrap_or(person.appearance), ..person }
}

/// Changes the profiles.
pub(crate) fn update(change: impl FnOnce(&mut Statuses)) {
    let Some(state) = STATE.get() else { return };
    let mut statuses = state.get_untracked();
    change(&mut statuses);
    crate::ui::state::set(state, statuses);
}
