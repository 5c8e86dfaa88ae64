//! The rooms that the visitor left on this page, so that they are shown at once when the visitor comes back.

use shared_types::RoomName;

use crate::timeline::Timeline;

/// Maximum number of rooms. A room has at most 300 messages, some 300 KB.
const MAX_ROOMS: usize = 10;

/// The rooms that were left, the last one last.
#[derive(Debug, Default)]
pub(crate) struct RoomCache(Vec<Timeline>);

impl RoomCache {
    /// Keeps a room that is left. If there are too many, the one that was left first is dropped, except while a change in it is not
    /// confirmed: nothing else knows of that.
    pub(crate) fn keep(&mut self, timeline: Timeline) {
        self.0.push(timeline);
        if self.0.len() > MAX_ROOMS
            && let Some(oldest) = self.0.iter().position(|kept| kept.changing_messages().is_empty())
        {
            self.0.remove(oldest);
        }
    }

    /// Takes a room that the visitor comes back to.
    pub(crate) fn take(&mut self, room: &RoomName) -> Option<Timeline> {
        let place = self.0.iter().position(|kept| kept.room() == room)?;
        Some(self.0.remove(place))
    }

    pub(crate) fn get(&self, room: &RoomName) -> Option<&Timeline> {
        self.0.iter().find(|kept| kept.room() == room)
    }

    pub(crate) fn get_mut(&mut self, room: &RoomName) -> Option<&mut Timeline> {
        self.0.iter_mut().find(|kept| kept.room() == room)
    }

    /// Whether a reload would lose a change in one of the rooms.
    pub(crate) fn has_pending_changes(&self) -> bool {
        self.0.iter().any(|kept| !kept.changing_messages().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use shared_types::{ChatMessage, Person, Seq, ServerMessage, Timestamp};

    use super::*;
    use crate::timeline::Change;

    fn timeline(room: &str) -> Timeline {
        let me = Person {
            id: "me".parse().unwrap(),
            name: "Me".parse().unwrap(),
            moderator: false,
            appearance: Default::default(),
        };
        Timeline::blank(room.parse().unwrap(), me)
    }

    fn kept(cache: &RoomCache) -> String {
        cache.0.iter().map(|kept| kept.room().as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_rooms_that_were_left_last_are_kept() {
        let mut cache = RoomCache::default();
        (0..MAX_ROOMS + 2).for_each(|number| cache.keep(timeline(&format!("r{number}"))));
        assert_eq!(kept(&cache), "r2 r3 r4 r5 r6 r7 r8 r9 r10 r11");
        let back = cache.take(&"r4".parse().unwrap()).unwrap();
        cache.keep(back);
        assert_eq!(kept(&cache), "r2 r3 r5 r6 r7 r8 r9 r10 r11 r4");
        assert!(cache.take(&"r0".parse().unwrap()).is_none());
    }

    #[test]
    fn a_room_with_an_unconfirmed_change_is_not_dropped() {
        let mut changed = timeline("changed");
        let author = changed.me().clone();
        let message = ChatMessage {
            seq: Seq(1),
            rev: shared_types::Rev(1),
            author,
            nonce: "n".parse().unwrap(),
            text: "hi".parse().ok(),
            html: None,
            image: None,
            reply_to: None,
            mentions: Vec::new(),
            sent_at: Timestamp(0),
            edited_at: None,
            deleted: false,
            reactions: Vec::new(),
            pinned: None,
            poll: None,
            thread: None,
            in_room: false,
            replies: None,
        };
        changed.apply(ServerMessage::Message(message), 0);
        changed.change(Seq(1), Change::Delete, "c".parse().unwrap());
        let mut cache = RoomCache::default();
        cache.keep(changed);
        (0..MAX_ROOMS).for_each(|number| cache.keep(timeline(&format!("r{number}"))));
        assert_eq!(kept(&cache), "changed r1 r2 r3 r4 r5 r6 r7 r8 r9");
        assert!(cache.has_pending_changes());
    }
}
