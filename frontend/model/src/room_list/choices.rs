//! What the visitor chose for rooms on this device: favourites, which are listed first, muted rooms, and the order of the others.

use shared_types::{RoomName, Timestamp, json};

use super::RoomEntry;

/// Maximum number of favourites, and of muted rooms: as many as the server sends news of.
pub const ROOM_CHOICES: usize = shared_types::limits::WATCHED_ROOMS;

/// Tells when the newest message of a room was sent, if that is known.
pub type ActiveAt<'a> = &'a dyn Fn(&RoomName) -> Option<Timestamp>;

/// The favourites and the muted rooms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomChoices {
    favourites: Vec<RoomName>,
    muted: Vec<RoomName>,
}

impl RoomChoices {
    /// Reads what is stored. Invalid names are skipped.
    pub fn new(favourites: Option<&str>, muted: Option<&str>) -> Self {
        Self { favourites: rooms(favourites), muted: rooms(muted) }
    }

    /// Adds a room to the favourites, or removes it. Of too many, the oldest one is removed. Returns the favourites to store.
    pub fn toggle_favourite(&mut self, room: &RoomName) -> String {
        toggle(&mut self.favourites, room)
    }

    /// Mutes or unmutes a room. Returns the muted rooms to store.
    pub fn toggle_muted(&mut self, room: &RoomName) -> String {
        toggle(&mut self.muted, room)
    }

    /// The favourites.
    pub fn favourites(&self) -> &[RoomName] {
        &self.favourites
    }

    /// Whether a room is muted.
    pub fn is_muted(&self, room: &RoomName) -> bool {
        self.muted.contains(room)
    }

    /// Shows the choices in a list of rooms: favourites first, and in muted rooms only what mentions the visitor. With `active_at`, which tells
    /// when the newest message of a room was sent, rooms with newer messages come first.
    pub fn apply(&self, mut entries: Vec<RoomEntry>, active_at: Option<ActiveAt<'_>>) -> Vec<RoomEntry> {
        if let Some(active_at) = active_at {
            // Inserting is less code than sorting.
            let mut sorted: Vec<(Option<Timestamp>, RoomEntry)> = Vec::new();
            for entry in entries.drain(..) {
                let at = active_at(&entry.room);
                sorted.insert(sorted.partition_point(|(before, _)| *before >= at), (at, entry));
            }
            entries.extend(sorted.into_iter().map(|(_, entry)| entry));
        }
        for entry in &mut entries {
            entry.favourite = self.favourites.contains(&entry.room);
            entry.muted = self.is_muted(&entry.room);
            if entry.muted {
                (entry.unread, entry.count) = (entry.mentioned, 0);
            }
        }
        let (mut favourites, others): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.favourite);
        favourites.extend(others);
        favourites
    }
}

fn rooms(stored: Option<&str>) -> Vec<RoomName> {
    let stored: Vec<String> = stored.and_then(|stored| json::from_str(stored).ok()).unwrap_or_default();
    stored.iter().filter_map(|name| name.parse().ok()).take(ROOM_CHOICES).collect()
}

fn toggle(rooms: &mut Vec<RoomName>, room: &RoomName) -> String {
    let before = rooms.len();
    rooms.retain(|chosen| chosen != room);
    if rooms.len() == before {
        if rooms.len() == ROOM_CHOICES {
            rooms.remove(0);
        }
        rooms.push(room.clone());
    }
    json::to_string(rooms)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(name: &str) -> RoomName {
        name.parse().unwrap()
    }

    fn entries() -> Vec<RoomEntry> {
        let mut entries: Vec<_> = ["lobby", "cats", "dogs"].map(|name| RoomEntry::new(&room(name), false)).into();
        entries[1] = RoomEntry { unread: true, count: 3, ..entries[1].clone() };
        entries[2] = RoomEntry { unread: true, count: 5, mentioned: true, ..entries[2].clone() };
        entries
    }

    fn order(entries: &[RoomEntry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.room.as_str()).collect()
    }

    #[test]
    fn favourites_are_first_and_the_order_is_as_before_otherwise() {
        let mut choices = RoomChoices::default();
        assert_eq!(order(&choices.apply(entries(), None)), ["lobby", "cats", "dogs"]);
        let stored = choices.toggle_favourite(&room("dogs"));
        assert_eq!(order(&choices.apply(entries(), None)), ["dogs", "lobby", "cats"]);
        let mut choices = RoomChoices::new(Some(&stored), None);
        let shown = choices.apply(entries(), None);
        assert_eq!(shown.iter().map(|entry| entry.favourite).collect::<Vec<_>>(), [true, false, false]);
        choices.toggle_favourite(&room("cats"));
        assert_eq!(order(&choices.apply(entries(), None)), ["cats", "dogs", "lobby"]);
        choices.toggle_favourite(&room("dogs"));
        choices.toggle_favourite(&room("cats"));
        assert_eq!(order(&choices.apply(entries(), None)), ["lobby", "cats", "dogs"]);
    }

    #[test]
    fn rooms_with_newer_messages_come_first_behind_the_favourites() {
        let mut choices = RoomChoices::default();
        let active_at = |room: &RoomName| match room.as_str() {
            "lobby" => None,
            name => Some(Timestamp(if name == "dogs" { 9 } else { 5 })),
        };
        assert_eq!(order(&choices.apply(entries(), Some(&active_at))), ["dogs", "cats", "lobby"]);
        choices.toggle_favourite(&room("lobby"));
        choices.toggle_favourite(&room("cats"));
        assert_eq!(order(&choices.apply(entries(), Some(&active_at))), ["cats", "lobby", "dogs"]);
    }

    #[test]
    fn a_muted_room_shows_only_that_the_visitor_is_mentioned() {
        let mut choices = RoomChoices::default();
        choices.toggle_muted(&room("cats"));
        let stored = choices.toggle_muted(&room("dogs"));
        let choices = RoomChoices::new(None, Some(&stored));
        let shown = choices.apply(entries(), None);
        let states: Vec<_> =
            shown.iter().map(|entry| (entry.muted, entry.unread, entry.count, entry.mentioned)).collect();
        assert_eq!(states, [(false, false, 0, false), (true, false, 0, false), (true, true, 0, true)]);
        assert!(choices.is_muted(&room("dogs")) && !choices.is_muted(&room("lobby")));
    }

    #[test]
    fn choices_are_bounded_and_what_is_not_readable_is_skipped() {
        let mut choices = RoomChoices::new(Some("[\"No Room\",\"cats\"]"), Some("no list"));
        assert_eq!(choices.favourites(), [room("cats")]);
        for number in 0..ROOM_CHOICES {
            choices.toggle_favourite(&room(&format!("room-{number}")));
        }
        assert_eq!((choices.favourites().len(), &choices.favourites()[0]), (ROOM_CHOICES, &room("room-0")));
    }
}
