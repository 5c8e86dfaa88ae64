//! The private rooms that the visitor took off the list. The server still names them among the visitor's private rooms.

use shared_types::{RoomName, json, limits::PRIVATE_ROOMS};

/// Private rooms that are not added to the list by themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HiddenRooms(Vec<RoomName>);

impl HiddenRooms {
    /// Reads what is stored. Invalid names are skipped.
    pub fn new(stored: Option<&str>) -> Self {
        let stored: Vec<String> = stored.and_then(|stored| json::from_str(stored).ok()).unwrap_or_default();
        Self(stored.iter().filter_map(|name| name.parse().ok()).collect())
    }

    /// The rooms to store.
    pub fn to_json(&self) -> String {
        json::to_string(&self.0)
    }

    /// Whether a room is hidden.
    pub fn contains(&self, room: &RoomName) -> bool {
        self.0.contains(room)
    }

    /// Hides a room if it is private. Of more rooms than a person can be a member of, the first one is shown again. Returns whether the room
    /// was not hidden before.
    pub fn hide(&mut self, room: &RoomName) -> bool {
        let is_new = room.is_private() && !self.contains(room);
        if is_new {
            self.0.push(room.clone());
            self.0.drain(..self.0.len().saturating_sub(PRIVATE_ROOMS));
        }
        is_new
    }

    /// A room is to be listed again if the server names it. Returns whether it was hidden.
    pub fn show(&mut self, room: &RoomName) -> bool {
        let before = self.0.len();
        self.0.retain(|hidden| hidden != room);
        self.0.len() < before
    }

    /// Forgets the rooms of which the visitor is no member any more: one to which they come back is listed. `rooms` are all private rooms of
    /// the visitor. Returns whether there were any.
    pub fn keep_only(&mut self, rooms: &[RoomName]) -> bool {
        let before = self.0.len();
        self.0.retain(|hidden| rooms.contains(hidden));
        self.0.len() < before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The address of a private room.
    fn private(number: usize) -> RoomName {
        format!("p-{number:020}").parse().unwrap()
    }

    #[test]
    fn only_private_rooms_are_hidden_and_they_are_stored() {
        let mut hidden = HiddenRooms::default();
        assert!(!hidden.hide(&RoomName::lobby()), "the server does not add open rooms");
        assert!(hidden.hide(&private(1)) && !hidden.hide(&private(1)));
        let stored = HiddenRooms::new(Some(&hidden.to_json()));
        assert_eq!(stored, hidden);
        assert_eq!([1, 2].map(|number| stored.contains(&private(number))), [true, false]);
        for unreadable in [None, Some("{}"), Some(r#"["No Room"]"#)] {
            assert_eq!(HiddenRooms::new(unreadable), HiddenRooms::default());
        }
    }

    #[test]
    fn a_room_that_the_visitor_left_is_not_hidden_any_more() {
        let mut hidden = HiddenRooms::default();
        for number in 1..=3 {
            hidden.hide(&private(number));
        }
        assert!(hidden.show(&private(2)) && !hidden.show(&private(2)));
        let mine = [private(3), private(4)];
        assert!(hidden.keep_only(&mine), "the visitor was removed from a room while the page was away");
        assert!(!hidden.keep_only(&mine));
        assert_eq!([1, 2, 3, 4].map(|number| hidden.contains(&private(number))), [false, false, true, false]);
    }

    #[test]
    fn as_many_rooms_are_hidden_as_a_person_can_have() {
        let mut hidden = HiddenRooms::default();
        for number in 0..=PRIVATE_ROOMS {
            hidden.hide(&private(number));
        }
        assert_eq!([0, 1, PRIVATE_ROOMS].map(|number| hidden.contains(&private(number))), [false, true, true]);
    }
}
