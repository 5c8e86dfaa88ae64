//! Who is writing something just now.

use shared_types::{Person, PersonId, limits};

use super::Timeline;

/// How long somebody counts as typing after they said so, in milliseconds: one word of theirs may be lost.
const TYPING_MS: u64 = 2 * limits::TYPING_PAUSE.as_millis() as u64 + 1_000;

impl Timeline {
    /// The others who are writing something at `now`, in the order in which they began.
    pub fn typing(&self, now: u64) -> Vec<&Person> {
        let writing = self.typists.iter().filter(|(person, until)| now < *until && person.id != self.me.id);
        writing.map(|(person, _)| person).collect()
    }

    /// Somebody said that they are writing.
    pub(super) fn on_typing(&mut self, person: Person, now: u64) {
        self.typists.retain(|(_, until)| now < *until);
        match self.typists.iter_mut().find(|(typist, _)| typist.id == person.id) {
            Some(known) => *known = (person, now + TYPING_MS),
            None => self.typists.push((person, now + TYPING_MS)),
        }
    }

    /// Somebody said what they were writing.
    pub(super) fn stop_typing(&mut self, who: &PersonId) {
        self.typists.retain(|(typist, _)| typist.id != *who);
    }
}
