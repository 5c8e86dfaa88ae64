//! The rooms that this browser has visited, and which of them have unread messages. The server is asked when the
//! visitor does something, never on a timer.

use shared_types::{ClientMessage, PersonId, RoomActivity, RoomName, Seq, json, limits::ROOMS};

/// Minimum time between two requests when the page becomes visible, in milliseconds.
const LOOK_MS: u64 = 60_000;

/// The visited rooms. The current one is the first.
pub struct RoomList {
    visited: Vec<RoomName>,
    activity: Vec<RoomActivity>,
    /// When the server was last asked.
    asked: Option<u64>,
    /// Whether to ask as soon as there is a socket.
    wanted: bool,
    /// Whether to ask for titles, too: once, and when the visitor opens the list.
    titles: bool,
}

/// A room to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomEntry {
    /// Its name.
    pub room: RoomName,
    /// Whether it is the current one.
    pub is_current: bool,
    /// Whether it has unread messages of others.
    pub unread: bool,
}

impl RoomEntry {
    /// The current room.
    pub fn current(room: &RoomName) -> Self {
        Self { room: room.clone(), is_current: true, unread: false }
    }
}

impl RoomList {
    /// The list for the current room and the stored ones.
    pub fn new(room: &RoomName, stored: Option<&str>) -> Self {
        let mut rooms =
            Self { visited: vec![room.clone()], activity: Vec::new(), asked: None, wanted: true, titles: true };
        rooms.merge_stored(stored);
        rooms
    }

    /// Merges the stored list, which another page may have changed. Invalid names are skipped.
    pub fn merge_stored(&mut self, stored: Option<&str>) {
        let stored: Vec<String> = stored.and_then(|stored| json::from_str(stored).ok()).unwrap_or_default();
        self.visited.truncate(1);
        for room in stored.iter().filter_map(|name| name.parse().ok()) {
            if self.visited.len() < ROOMS && !self.visited.contains(&room) {
                self.visited.push(room);
            }
        }
    }

    /// The list to store.
    pub fn to_json(&self) -> String {
        json::to_string(&self.visited)
    }

    /// Removes a room. The current one stays.
    pub fn remove(&mut self, room: &RoomName) {
        let mut place = 0;
        self.visited.retain(|visited| {
            place += 1;
            place == 1 || visited != room
        });
    }

    /// The page is visible again.
    pub fn on_page_visible(&mut self, now: u64) {
        self.wanted |= self.asked.is_none_or(|asked| now >= asked + LOOK_MS);
    }

    /// The visitor opens the list.
    pub fn request(&mut self) {
        self.wanted = true;
        self.titles = true;
    }

    /// Returns the request to send, if one is wanted. It does not name the current room.
    pub fn take_request(&mut self, now: u64) -> Option<ClientMessage> {
        let rooms = self.visited[1..].to_vec();
        if !std::mem::take(&mut self.wanted) || rooms.is_empty() {
            return None;
        }
        self.asked = Some(now);
        Some(ClientMessage::Rooms { rooms, titles: std::mem::take(&mut self.titles), watch: false, read: Vec::new() })
    }

    /// The server answered with an error: the request is repeated when the page becomes visible.
    pub fn on_error(&mut self) {
        self.asked = None;
        self.titles = true;
    }

    /// The server's answer.
    pub fn on_activity(&mut self, activity: Vec<RoomActivity>) {
        self.activity = activity;
    }

    /// The rooms to draw, most recently visited first. `read` returns the read position of a room.
    pub fn entries(&self, me: &PersonId, read: impl Fn(&RoomName) -> Seq) -> Vec<RoomEntry> {
        let unread = |room: &RoomName| {
            let activity = self.activity.iter().find(|activity| activity.room == *room);
            activity.is_some_and(|activity| activity.author != *me && activity.newest > read(room))
        };
        let others = self.visited[1..].iter();
        let others = others.map(|room| RoomEntry { room: room.clone(), is_current: false, unread: unread(room) });
        std::iter::once(RoomEntry::current(&self.visited[0])).chain(others).collect()
    }
}

#[cfg(test)]
mod tests {
    use shared_types::Timestamp;

    use super::*;

    fn room(name: &str) -> RoomName {
        name.parse().unwrap()
    }

    fn activity(name: &str, newest: u64, author: &str) -> RoomActivity {
        RoomActivity {
            room: room(name),
            newest: Seq(newest),
            author: author.parse().unwrap(),
            sent_at: Timestamp(1),
            unread: None,
            mentioned: false,
        }
    }

    /// Formats the list: the current room in brackets, unread rooms with a `!`.
    fn entries(rooms: &RoomList) -> String {
        let read = |room: &RoomName| if room.as_str() == "cats" { Seq(7) } else { Seq(0) };
        let entries = rooms.entries(&"me".parse().unwrap(), read).into_iter().map(|entry| {
            let name = if entry.is_current { format!("[{}]", entry.room) } else { entry.room.to_string() };
            if entry.unread { name + "!" } else { name }
        });
        entries.collect::<Vec<_>>().join(" ")
    }

    fn asked(names: &[&str]) -> Option<ClientMessage> {
        asked_for(names, true)
    }

    fn asked_without_titles(names: &[&str]) -> Option<ClientMessage> {
        asked_for(names, false)
    }

    fn asked_for(names: &[&str], titles: bool) -> Option<ClientMessage> {
        let rooms = names.iter().map(|name| room(name)).collect();
        Some(ClientMessage::Rooms { rooms, titles, watch: false, read: Vec::new() })
    }

    #[test]
    fn the_current_room_is_first_and_rooms_are_unique() {
        let rooms = RoomList::new(&room("cats"), Some(r#"["lobby","cats","dogs","lobby"]"#));
        assert_eq!(entries(&rooms), "[cats] lobby dogs");
        assert_eq!(rooms.to_json(), r#"["cats","lobby","dogs"]"#);
    }

    #[test]
    fn a_refused_request_is_repeated_when_the_page_is_visible() {
        let mut rooms = RoomList::new(&room("cats"), Some(r#"["dogs"]"#));
        assert_eq!(rooms.take_request(0), asked(&["dogs"]));
        rooms.on_error();
        assert_eq!(rooms.take_request(1), None, "there is no timer");
        rooms.on_page_visible(1);
        assert_eq!(rooms.take_request(1), asked(&["dogs"]));
    }

    #[test]
    fn invalid_stored_rooms_are_skipped() {
        for (stored, expected) in [
            (None, "[lobby]"),
            (Some(""), "[lobby]"),
            (Some("{}"), "[lobby]"),
            (Some("[1]"), "[lobby]"),
            (Some(r#"["No Such Room","cats","<b>"]"#), "[lobby] cats"),
        ] {
            assert_eq!(entries(&RoomList::new(&RoomName::lobby(), stored)), expected, "{stored:?}");
        }
    }

    #[test]
    fn the_room_list_has_a_maximum_length() {
        let many: Vec<_> = (0..ROOMS + 5).map(|number| format!("r{number}")).collect();
        let mut rooms = RoomList::new(&RoomName::lobby(), Some(&json::to_string(&many)));
        let Some(ClientMessage::Rooms { rooms: asked, .. }) = rooms.take_request(0) else { panic!() };
        assert_eq!((asked.len(), asked.last()), (ROOMS - 1, Some(&room("r48"))));
    }

    #[test]
    fn a_room_with_unseen_messages_of_others_is_unread() {
        let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["cats","dogs","mice"]"#));
        for (activity, expected) in [
            (vec![], "[lobby] cats dogs mice"),
            (vec![activity("cats", 7, "bob"), activity("dogs", 1, "bob")], "[lobby] cats dogs! mice"),
            (vec![activity("cats", 8, "bob"), activity("dogs", 1, "me")], "[lobby] cats! dogs mice"),
            (vec![activity("lobby", 9, "bob"), activity("birds", 9, "bob")], "[lobby] cats dogs mice"),
        ] {
            rooms.on_activity(activity);
            assert_eq!(entries(&rooms), expected);
        }
    }

    #[test]
    fn a_room_can_be_removed_but_not_the_current_one() {
        let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["cats","dogs"]"#));
        rooms.remove(&room("cats"));
        rooms.remove(&RoomName::lobby());
        assert_eq!(entries(&rooms), "[lobby] dogs");
    }

    #[test]
    fn changes_of_another_page_are_merged() {
        let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["cats"]"#));
        rooms.merge_stored(Some(r#"["dogs","lobby"]"#));
        assert_eq!(entries(&rooms), "[lobby] dogs");
    }

    #[test]
    fn rooms_are_requested_on_actions_only() {
        let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["cats"]"#));
        assert_eq!(rooms.take_request(0), asked(&["cats"]));
        assert_eq!(rooms.take_request(1_000_000), None);
        // Within a minute, a page that becomes visible sends no request.
        rooms.on_page_visible(LOOK_MS - 1);
        assert_eq!(rooms.take_request(LOOK_MS - 1), None);
        rooms.on_page_visible(LOOK_MS);
        assert_eq!(rooms.take_request(LOOK_MS), asked_without_titles(&["cats"]));
        rooms.request();
        assert_eq!(rooms.take_request(LOOK_MS + 1), asked(&["cats"]));
        assert_eq!(rooms.take_request(LOOK_MS + 2), None);
    }

    #[test]
    fn a_single_room_causes_no_request() {
        let mut rooms = RoomList::new(&RoomName::lobby(), None);
        rooms.request();
        assert_eq!(rooms.take_request(0), None);
    }
}
