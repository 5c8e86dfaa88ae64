//! The room that the visitor took off the list last, as long as that can be undone.

use shared_types::RoomName;

/// How long the visitor can undo it, in milliseconds: long enough to read what is offered, and to reach it.
pub const UNDO_MS: u64 = 10_000;

/// Time between two looks whether what is offered is still being used, in milliseconds.
const LOOK_MS: u64 = 1_000;

/// A room that was taken off the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovedRoom {
    /// The room.
    pub room: RoomName,
    /// Its place among the visited rooms.
    pub place: usize,
    /// Until when it can be undone, in milliseconds.
    until: u64,
}

impl RemovedRoom {
    /// A room that was removed from this place at `now`, in milliseconds.
    pub fn new(room: RoomName, place: usize, now: u64) -> Self {
        Self { room, place, until: now + UNDO_MS }
    }

    /// Returns after how many milliseconds to look again whether it can be undone, or `None` if it cannot any more. What is offered stays
    /// while the pointer or the focus is on it.
    pub fn look_again_in(&self, now: u64, is_in_use: bool) -> Option<u64> {
        match self.until.saturating_sub(now) {
            0 => is_in_use.then_some(LOOK_MS),
            // The clock may have been set back.
            left => Some(left.min(UNDO_MS)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_can_be_undone_for_a_while_and_as_long_as_what_is_offered_is_used() {
        let removed = RemovedRoom::new(RoomName::lobby(), 1, 5);
        for (now, is_in_use, expected) in [
            (5, false, Some(UNDO_MS)),
            (4 + UNDO_MS, false, Some(1)),
            (5 + UNDO_MS, false, None),
            (5 + UNDO_MS, true, Some(LOOK_MS)),
            (9 * UNDO_MS, true, Some(LOOK_MS)),
            (9 * UNDO_MS, false, None),
            (0, false, Some(UNDO_MS)),
        ] {
            assert_eq!(removed.look_again_in(now, is_in_use), expected, "at {now}, in use: {is_in_use}");
        }
    }
}
