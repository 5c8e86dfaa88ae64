//! What a room is when the visitor leaves it, and when they enter it again.

use shared_types::{Rev, RoomName};

use super::{Timeline, people::PresenceTracker};

impl Timeline {
    /// The room.
    pub fn room(&self) -> &RoomName {
        &self.room
    }

    /// Another room, of which nothing is known yet.
    pub(crate) fn blank_room(&self, room: RoomName) -> Self {
        Self { is_appearance_known: self.is_appearance_known, ..Self::blank(room, self.me.clone()) }
    }

    /// Takes over what is known of the visitor from the room that they leave. Who was typing is forgotten.
    pub(crate) fn resume(&mut self, left: &Self, now: u64) {
        self.me = left.me.clone();
        self.is_appearance_known = left.is_appearance_known;
        self.is_owner = left.is_owner;
        self.server_name = left.server_name.clone();
        self.restrictions = left.restrictions;
        self.typists.clear();
        self.on_disconnect();
        self.changes_asked_at = Some(now);
    }

    /// Whether a message or a change is sent and not answered.
    pub(crate) fn has_frames_in_flight(&self) -> bool {
        self.outgoing.iter().any(|outgoing| outgoing.retry.is_in_flight()) || self.has_changes_in_flight()
    }

    /// The revision after which the server is asked for changes; `None` asks for the newest page.
    pub(crate) fn since_on_entry(&mut self, now: u64) -> Option<Rev> {
        self.changes_asked_at = Some(now);
        self.ask_changes_at = None;
        (!self.awaits_page).then_some(self.rev)
    }

    /// Forgets who was in the room, so that the next report is shown at once, also if it names fewer people.
    pub(crate) fn reset_presence(&mut self) {
        self.presence_tracker = PresenceTracker::new(0);
    }
}
