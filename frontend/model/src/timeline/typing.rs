//! Who is typing.

use shared_types::{Person, PersonId, limits};

use super::Timeline;

/// How long a person counts as typing after a notice, in milliseconds, so that one lost notice does not end it.
const TYPING_MS: u64 = 2 * limits::TYPING_PAUSE.as_millis() as u64 + 1_000;

impl Timeline {
    /// The others who are typing at `now`, in the order in which they began.
    pub fn typing(&self, now: u64) -> Vec<&Person> {
        let typing = self.typists.iter().filter(|(person, until)| now < *until && person.id != self.me.id);
        typing.map(|(person, _)| person).collect()
    }

    /// A person is typing.
    pub(super) fn on_typing(&mut self, person: Person, now: u64) {
        self.typists.retain(|(_, until)| now < *until);
        match self.typists.iter_mut().find(|(typist, _)| typist.id == person.id) {
            Some(known) => *known = (person, now + TYPING_MS),
            None => self.typists.push((person, now + TYPING_MS)),
        }
    }

    /// A person has sent a message.
    pub(super) fn stop_typing(&mut self, who: &PersonId) {
        self.typists.retain(|(typist, _)| typist.id != *who);
    }
}
