//! A person who goes from one room to the other on one page.

use page_model::unsent_messages::UnsentMessages;
use shared_types::{RoomName, Seq};
use tokio::time::{Duration, Instant};

use super::Window;

/// Time between two moves after the faults.
const MOVE_PAUSE_MS: u64 = 100_000;

/// Time at the end in which nobody moves.
const REST: Duration = Duration::from_secs(10 * 60);

impl Window {
    /// Goes to the other room, if the page can.
    pub(super) fn change_room(&mut self) {
        if !self.moves || !self.client.can_enter() {
            return;
        }
        let now = self.server.now();
        let lobby = RoomName::lobby();
        let room = if self.page.room == lobby { "cats".parse().unwrap() } else { lobby };
        self.client.return_to_newest();
        self.act(Vec::new());
        let (is_known, effects) = self.client.enter(&room, now);
        let (unsent, stored) = UnsentMessages::open(&room, &self.page.you.id, self.device.as_ref());
        let before = std::mem::replace(&mut self.page.room, room.clone());
        self.left.push((before, std::mem::replace(&mut self.unsent, unsent)));
        let kept = self.left.iter().position(|(left, _)| *left == room).map(|place| self.left.remove(place).1);
        match kept.filter(|_| is_known) {
            Some(kept) => self.unsent = kept,
            None => self.client.restore(stored, now),
        }
        self.server.observations().count("moves");
        self.act(effects);
        self.check_page();
    }

    /// After the faults: goes from room to room, so that what waits in one of them is sent.
    pub(super) fn visit_both_rooms(&mut self, until: Instant) {
        let now = self.server.now();
        if now >= self.moved_at + MOVE_PAUSE_MS && Instant::now() + REST < until {
            self.moved_at = now;
            self.change_room();
        }
    }

    /// The messages with changes that are not confirmed, in the room that is shown and in the other one.
    pub(super) fn changing_messages(&self) -> Vec<Seq> {
        // People change messages in the lobby only.
        let lobby = RoomName::lobby();
        let timeline =
            if *self.client.room() == lobby { Some(self.client.timeline()) } else { self.client.kept_room(&lobby) };
        timeline.map(|timeline| timeline.changing_messages()).unwrap_or_default()
    }
}
