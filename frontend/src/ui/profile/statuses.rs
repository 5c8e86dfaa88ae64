//! The statuses of other people, as far as the page asked for them.

use std::cell::Cell;

use page_view::State;
use shared_types::{PersonId, StatusText};

/// People with their status.
type Statuses = Vec<(PersonId, StatusText)>;

thread_local! {
    /// The statuses that this page knows.
    static STATE: Cell<Option<State<Statuses>>> = const { Cell::new(None) };
}

/// Starts without any status. Call it outside of reactive parts, before [`status_of`].
pub(crate) fn init() {
    STATE.set(Some(State::new(Vec::new())));
}

/// Returns the status of a person, if it is known. Subscribes the caller to its changes.
pub(crate) fn status_of(person: &PersonId) -> Option<String> {
    let find = |statuses: &Statuses| {
        let found = statuses.iter().find(|(id, _)| id == person);
        found.map(|(_, status)| status.to_string())
    };
    STATE.get()?.with(find)
}

/// Changes the statuses.
pub(crate) fn update(change: impl FnOnce(&mut Statuses)) {
    let Some(state) = STATE.get() else { return };
    let mut statuses = state.get_untracked();
    change(&mut statuses);
    crate::ui::state::set(state, statuses);
}
