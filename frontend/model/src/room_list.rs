//! The rooms that this browser has visited, as plain state: which they are, where something new was said, and when the
//! server is asked about that. It is asked when somebody does something, never on a timer.

use shared_types::{ClientMessage, NameError, PersonId, RoomActivity, RoomName, Seq, limits::ROOMS};

/// Whoever comes back to the page asks again after this time only, in milliseconds.
const LOOK_MS: u64 = 60_000;

/// The rooms visited. The one that is shown is the first of them.
pub struct Rooms {
    visited: Vec<RoomName>,
    news: Vec<RoomActivity>,
    /// When the server was last asked.
    asked: Option<u64>,
    /// Whether it is to be asked as soon as there is a socket.
    wanted: bool,
}

/// A room as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub room: RoomName,
    /// Whether it is the one that is shown.
    pub here: bool,
    /// Whether somebody else said something that was not read.
    pub unread: bool,
}

impl Entry {
    /// The room that is shown.
    pub fn here(room: &RoomName) -> Self {
        Self { room: room.clone(), here: true, unread: false }
    }
}

impl Rooms {
    /// A visit of a room, by somebody who visited those before that are kept.
    pub fn visit(room: &RoomName, kept: Option<&str>) -> Self {
        let mut rooms = Self { visited: vec![room.clone()], news: Vec::new(), asked: None, wanted: true };
        rooms.refresh(kept);
        rooms
    }

    /// Takes in what is kept: another page may have changed it. What is no room's name is passed over.
    pub fn refresh(&mut self, kept: Option<&str>) {
        let kept: Vec<String> = kept.and_then(|kept| serde_json::from_str(kept).ok()).unwrap_or_default();
        self.visited.truncate(1);
        for room in kept.iter().filter_map(|name| name.parse().ok()) {
            if self.visited.len() < ROOMS && !self.visited.contains(&room) {
                self.visited.push(room);
            }
        }
    }

    /// What is to be kept.
    pub fn kept(&self) -> String {
        serde_json::to_string(&self.visited).unwrap_or_default()
    }

    /// Takes a room off the list. The one that is shown stays.
    pub fn forget(&mut self, room: &RoomName) {
        let mut place = 0;
        self.visited.retain(|visited| {
            place += 1;
            place == 1 || visited != room
        });
    }

    /// Somebody looks at the page again.
    pub fn look(&mut self, now: u64) {
        self.wanted |= self.asked.is_none_or(|asked| now >= asked + LOOK_MS);
    }

    /// Somebody opens the list.
    pub fn open(&mut self) {
        self.wanted = true;
    }

    /// What is to be said now that there is a socket. Nobody asks about the room that is shown.
    pub fn question(&mut self, now: u64) -> Option<ClientMessage> {
        let rooms = self.visited[1..].to_vec();
        if !std::mem::take(&mut self.wanted) || rooms.is_empty() {
            return None;
        }
        self.asked = Some(now);
        Some(ClientMessage::Rooms { rooms })
    }

    /// The server did not answer: the next look at the page is another occasion.
    pub fn refuse(&mut self) {
        self.asked = None;
    }

    /// The server's answer.
    pub fn hear(&mut self, news: Vec<RoomActivity>) {
        self.news = news;
    }

    /// What is to be drawn, the room visited last first. `read` says up to where somebody has read a room.
    pub fn list(&self, me: &PersonId, read: impl Fn(&RoomName) -> Seq) -> Vec<Entry> {
        let unread = |room: &RoomName| {
            let news = self.news.iter().find(|news| news.room == *room);
            news.is_some_and(|news| news.author != *me && news.newest > read(room))
        };
        let others = self.visited[1..].iter();
        let others = others.map(|room| Entry { room: room.clone(), here: false, unread: unread(room) });
        std::iter::once(Entry::here(&self.visited[0])).chain(others).collect()
    }
}

/// The room that somebody means: in small letters, with hyphens for spaces, and without the `#` that rooms are shown with.
pub fn meant(typed: &str) -> Result<RoomName, NameError> {
    let name = typed.trim().trim_start_matches('#').to_ascii_lowercase();
    name.split_whitespace().collect::<Vec<_>>().join("-").parse()
}

#[cfg(test)]
mod tests {
    use shared_types::{Timestamp, limits::ROOM_CHARS};

    use super::*;

    fn room(name: &str) -> RoomName {
        name.parse().unwrap()
    }

    fn news(name: &str, newest: u64, author: &str) -> RoomActivity {
        RoomActivity { room: room(name), newest: Seq(newest), author: author.parse().unwrap(), sent_at: Timestamp(1) }
    }

    /// The list in few letters: the room that is shown in brackets, `!` behind one that is unread.
    fn list(rooms: &Rooms) -> String {
        let read = |room: &RoomName| if room.as_str() == "cats" { Seq(7) } else { Seq(0) };
        let entries = rooms.list(&"me".parse().unwrap(), read).into_iter().map(|entry| {
            let name = if entry.here { format!("[{}]", entry.room) } else { entry.room.to_string() };
            if entry.unread { name + "!" } else { name }
        });
        entries.collect::<Vec<_>>().join(" ")
    }

    fn asked(names: &[&str]) -> Option<ClientMessage> {
        Some(ClientMessage::Rooms { rooms: names.iter().map(|name| room(name)).collect() })
    }

    #[test]
    fn the_room_visited_last_is_the_first_and_each_is_there_once() {
        let rooms = Rooms::visit(&room("cats"), Some(r#"["lobby","cats","dogs","lobby"]"#));
        assert_eq!(list(&rooms), "[cats] lobby dogs");
        assert_eq!(rooms.kept(), r#"["cats","lobby","dogs"]"#);
    }

    #[test]
    fn a_question_that_was_refused_is_asked_again_when_the_page_is_looked_at() {
        let mut rooms = Rooms::visit(&room("cats"), Some(r#"["dogs"]"#));
        assert_eq!(rooms.question(0), asked(&["dogs"]));
        rooms.refuse();
        assert_eq!(rooms.question(1), None, "nothing is asked on a timer");
        rooms.look(1);
        assert_eq!(rooms.question(1), asked(&["dogs"]));
    }

    #[test]
    fn what_is_kept_may_be_anything() {
        for (kept, expected) in [
            (None, "[lobby]"),
            (Some(""), "[lobby]"),
            (Some("{}"), "[lobby]"),
            (Some("[1]"), "[lobby]"),
            (Some(r#"["No Such Room","cats","<b>"]"#), "[lobby] cats"),
        ] {
            assert_eq!(list(&Rooms::visit(&RoomName::lobby(), kept)), expected, "{kept:?}");
        }
    }

    #[test]
    fn no_more_rooms_are_kept_than_may_be_asked_about() {
        let many: Vec<_> = (0..ROOMS + 5).map(|number| format!("r{number}")).collect();
        let mut rooms = Rooms::visit(&RoomName::lobby(), Some(&serde_json::to_string(&many).unwrap()));
        let Some(ClientMessage::Rooms { rooms: asked }) = rooms.question(0) else { panic!() };
        assert_eq!((asked.len(), asked.last()), (ROOMS - 1, Some(&room("r48"))));
    }

    #[test]
    fn a_room_is_unread_when_somebody_else_said_what_was_not_read() {
        let mut rooms = Rooms::visit(&RoomName::lobby(), Some(r#"["cats","dogs","mice"]"#));
        for (heard, expected) in [
            (vec![], "[lobby] cats dogs mice"),
            (vec![news("cats", 7, "bob"), news("dogs", 1, "bob")], "[lobby] cats dogs! mice"),
            (vec![news("cats", 8, "bob"), news("dogs", 1, "me")], "[lobby] cats! dogs mice"),
            (vec![news("lobby", 9, "bob"), news("birds", 9, "bob")], "[lobby] cats dogs mice"),
        ] {
            rooms.hear(heard);
            assert_eq!(list(&rooms), expected);
        }
    }

    #[test]
    fn a_room_is_taken_off_the_list_but_not_the_one_that_is_shown() {
        let mut rooms = Rooms::visit(&RoomName::lobby(), Some(r#"["cats","dogs"]"#));
        rooms.forget(&room("cats"));
        rooms.forget(&RoomName::lobby());
        assert_eq!(list(&rooms), "[lobby] dogs");
    }

    #[test]
    fn what_another_page_changed_is_taken_over() {
        let mut rooms = Rooms::visit(&RoomName::lobby(), Some(r#"["cats"]"#));
        rooms.refresh(Some(r#"["dogs","lobby"]"#));
        assert_eq!(list(&rooms), "[lobby] dogs");
    }

    #[test]
    fn the_server_is_asked_once_and_again_only_when_somebody_does_something() {
        let mut rooms = Rooms::visit(&RoomName::lobby(), Some(r#"["cats"]"#));
        assert_eq!(rooms.question(0), asked(&["cats"]));
        assert_eq!(rooms.question(1_000_000), None);
        // Who looks again within a minute knows enough.
        rooms.look(LOOK_MS - 1);
        assert_eq!(rooms.question(LOOK_MS - 1), None);
        rooms.look(LOOK_MS);
        assert_eq!(rooms.question(LOOK_MS), asked(&["cats"]));
        rooms.open();
        assert_eq!(rooms.question(LOOK_MS + 1), asked(&["cats"]));
        assert_eq!(rooms.question(LOOK_MS + 2), None);
    }

    #[test]
    fn whoever_was_in_one_room_only_asks_nothing() {
        let mut rooms = Rooms::visit(&RoomName::lobby(), None);
        rooms.open();
        assert_eq!(rooms.question(0), None);
    }

    #[test]
    fn a_room_is_found_by_what_people_type() {
        for (typed, expected) in [
            ("cats", Ok("cats")),
            (" Big Cats ", Ok("big-cats")),
            ("#cats", Ok("cats")),
            ("big\u{3000}cats", Ok("big-cats")),
            ("", Err(NameError::Empty)),
            (" # ", Err(NameError::Empty)),
            ("cats!", Err(NameError::Character)),
            ("猫", Err(NameError::Character)),
        ] {
            assert_eq!(meant(typed), expected.map(room), "{typed}");
        }
        assert_eq!(meant(&"x".repeat(ROOM_CHARS + 1)), Err(NameError::TooLong { limit: ROOM_CHARS }));
    }
}
