//! The directory of open rooms: what the visitor looks for, and what the server has answered.

use std::collections::HashSet;

use shared_types::{ClientMessage, DirectoryPosition, DirectoryRoom};

/// How long an answer is awaited, in milliseconds. Then the visitor can ask again.
pub const ANSWER_MS: u64 = 10_000;

/// A list of open rooms that the server sends in pages.
///
/// An answer does not repeat its request, so one request is in progress at a time, and the answer to one that is not wanted any more is
/// dropped.
#[derive(Debug, Default)]
pub struct RoomDirectory {
    text: String,
    archived: bool,
    /// Whether the rules of the rooms are requested.
    rules: bool,
    rooms: Vec<DirectoryRoom>,
    /// Where the list goes on, if it does.
    after: Option<DirectoryPosition>,
    progress: DirectoryProgress,
    /// The request that was sent and is not answered.
    sent: Option<Sent>,
    /// When it was sent, in milliseconds.
    sent_at: u64,
}

/// Whether the list is loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DirectoryProgress {
    /// Rooms are to be requested, or are not answered: from the beginning, or further ones.
    #[default]
    Loading,
    /// The same, after the rooms that are there.
    LoadingMore,
    /// The last request failed.
    Failed,
    /// The rooms are there; there may be more.
    Done,
}

/// Whether the answer to a request is still wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    Wanted,
    Outdated,
}

impl RoomDirectory {
    /// Sets whether the next requests ask for the rules of the rooms. Only moderators get them.
    pub fn set_with_rules(&mut self, rules: bool) {
        self.rules = rules;
    }

    /// Looks for other rooms. Those that are there stay until the others arrive.
    pub fn start(&mut self, text: &str, archived: bool) {
        (self.text, self.archived) = (text.trim().to_owned(), archived);
        (self.after, self.progress) = (None, DirectoryProgress::Loading);
        self.sent = self.sent.map(|_| Sent::Outdated);
    }

    /// Requests further rooms, if there are any.
    pub fn load_more(&mut self) {
        if self.after.is_some() && self.progress != DirectoryProgress::Loading {
            self.progress = DirectoryProgress::LoadingMore;
        }
    }

    /// Repeats the request that failed.
    pub fn retry(&mut self) {
        self.progress = if self.after.is_some() { DirectoryProgress::LoadingMore } else { DirectoryProgress::Loading };
    }

    /// Gives up a request that is not answered in time. Returns whether it did. An answer that comes later is dropped, unless the request was
    /// repeated.
    pub fn expire(&mut self, now: u64) -> bool {
        if self.sent.is_none() || now < self.sent_at + ANSWER_MS {
            return false;
        }
        if self.sent.take() == Some(Sent::Wanted) {
            self.progress = DirectoryProgress::Failed;
        }
        true
    }

    /// Returns the request to send, once.
    pub fn take_request(&mut self, now: u64) -> Option<ClientMessage> {
        if !self.is_loading() || self.sent.is_some() {
            return None;
        }
        (self.sent, self.sent_at) = (Some(Sent::Wanted), now);
        let after = self.after.clone();
        let (text, archived, rules) = (self.text.parse().ok(), self.archived, self.rules);
        Some(ClientMessage::Directory { text, archived, after, rules })
    }

    /// Rooms have arrived.
    pub fn on_answer(&mut self, rooms: Vec<DirectoryRoom>, after: Option<DirectoryPosition>) {
        if self.sent.take() != Some(Sent::Wanted) {
            return;
        }
        if self.progress == DirectoryProgress::Loading {
            self.rooms.clear();
        }
        let known: HashSet<_> = self.rooms.iter().map(|room| room.room.clone()).collect();
        // A room that became active between two pages is on both.
        let new = rooms.into_iter().filter(|room| !known.contains(&room.room));
        let before = self.rooms.len();
        self.rooms.extend(new);
        let is_empty = self.rooms.len() == before;
        // A page can be empty before the last one.
        let goes_on = is_empty && after.is_some();
        self.after = after;
        self.progress = if goes_on { DirectoryProgress::LoadingMore } else { DirectoryProgress::Done };
    }

    /// The server answered with an error.
    pub fn on_error(&mut self) {
        if self.sent.take() == Some(Sent::Wanted) {
            self.progress = DirectoryProgress::Failed;
        }
    }

    /// The socket is lost: the request is repeated on the next one.
    pub fn on_disconnect(&mut self) {
        self.sent = None;
    }

    /// The progress.
    pub fn progress(&self) -> DirectoryProgress {
        self.progress
    }

    /// The rooms so far.
    pub fn rooms(&self) -> &[DirectoryRoom] {
        &self.rooms
    }

    /// Whether there are further rooms.
    pub fn has_more(&self) -> bool {
        self.after.is_some()
    }

    fn is_loading(&self) -> bool {
        matches!(self.progress, DirectoryProgress::Loading | DirectoryProgress::LoadingMore)
    }
}

#[cfg(test)]
mod tests {
    use shared_types::Timestamp;

    use super::*;

    fn room(name: &str) -> DirectoryRoom {
        let room = name.parse().unwrap();
        DirectoryRoom { room, title: None, topic: None, sent_at: Timestamp(1), online: Some(0), rules: None }
    }

    fn position(name: &str) -> DirectoryPosition {
        DirectoryPosition { active: Timestamp(1), room: name.parse().unwrap() }
    }

    fn request(text: &str, archived: bool, after: Option<&str>) -> Option<ClientMessage> {
        let after = after.map(position);
        Some(ClientMessage::Directory { text: text.parse().ok(), archived, after, rules: false })
    }

    fn names(directory: &RoomDirectory) -> Vec<&str> {
        directory.rooms().iter().map(|room| room.room.as_str()).collect()
    }

    /// A directory with two rooms, and more to come.
    fn with_two() -> RoomDirectory {
        let mut directory = RoomDirectory::default();
        directory.start("", false);
        assert_eq!(directory.take_request(0), request("", false, None));
        directory.on_answer(vec![room("a"), room("b")], Some(position("b")));
        directory
    }

    #[test]
    fn rooms_are_requested_page_by_page() {
        let mut directory = with_two();
        assert_eq!((names(&directory), directory.progress()), (vec!["a", "b"], DirectoryProgress::Done));
        assert_eq!(directory.take_request(0), None);
        assert!(directory.has_more());
        directory.load_more();
        assert_eq!(directory.take_request(0), request("", false, Some("b")));
        assert_eq!(directory.take_request(0), None, "one request at a time");
        directory.on_answer(vec![room("b"), room("c")], None);
        assert_eq!((names(&directory), directory.has_more()), (vec!["a", "b", "c"], false));
        directory.load_more();
        assert_eq!(directory.take_request(0), None);
    }

    #[test]
    fn moderators_request_the_rules_of_the_rooms() {
        let mut directory = RoomDirectory::default();
        directory.set_with_rules(true);
        directory.start("", false);
        assert!(matches!(directory.take_request(0), Some(ClientMessage::Directory { rules: true, .. })));
    }

    #[test]
    fn an_answer_to_an_earlier_filter_is_dropped() {
        let mut directory = with_two();
        directory.start("ca", false);
        assert_eq!(directory.take_request(0), request("ca", false, None));
        directory.start(" cats ", true);
        assert_eq!(directory.take_request(0), None, "the first request is not answered yet");
        directory.on_answer(vec![room("camels")], None);
        assert_eq!((names(&directory), directory.progress()), (vec!["a", "b"], DirectoryProgress::Loading));
        assert_eq!(directory.take_request(0), request("cats", true, None));
        directory.on_answer(vec![room("cats")], None);
        assert_eq!((names(&directory), directory.progress()), (vec!["cats"], DirectoryProgress::Done));
    }

    #[test]
    fn an_empty_page_is_followed_by_the_next_one() {
        let mut directory = RoomDirectory::default();
        directory.start("", false);
        directory.take_request(0);
        directory.on_answer(vec![], Some(position("b")));
        assert_eq!(directory.take_request(0), request("", false, Some("b")));
        directory.on_answer(vec![], None);
        assert_eq!((names(&directory), directory.progress()), (vec![], DirectoryProgress::Done));
    }

    #[test]
    fn a_failed_request_is_repeated_by_the_visitor_and_a_lost_one_by_itself() {
        let mut directory = with_two();
        directory.load_more();
        directory.take_request(0);
        directory.on_error();
        assert_eq!((directory.progress(), directory.take_request(0)), (DirectoryProgress::Failed, None));
        directory.retry();
        assert_eq!(directory.take_request(0), request("", false, Some("b")));
        directory.on_disconnect();
        assert_eq!(directory.take_request(0), request("", false, Some("b")));
        // An error of another request.
        directory.on_answer(vec![room("c")], None);
        directory.on_error();
        assert_eq!(directory.progress(), DirectoryProgress::Done);
    }

    #[test]
    fn a_request_without_an_answer_can_be_repeated() {
        let mut directory = RoomDirectory::default();
        directory.start("", false);
        assert!(directory.take_request(5).is_some());
        assert!(!directory.expire(5 + ANSWER_MS - 1));
        assert_eq!(directory.progress(), DirectoryProgress::Loading);
        assert!(directory.expire(5 + ANSWER_MS));
        assert_eq!(directory.progress(), DirectoryProgress::Failed);
        assert!(!directory.expire(u64::MAX), "once");
        directory.on_answer(Vec::new(), None);
        assert_eq!(directory.progress(), DirectoryProgress::Failed, "a late answer is dropped");
        directory.retry();
        assert!(directory.take_request(20_000).is_some());
        directory.on_answer(Vec::new(), None);
        assert_eq!(directory.progress(), DirectoryProgress::Done);
        assert!(!directory.expire(u64::MAX));
    }

    #[test]
    fn a_lost_answer_to_an_outdated_request_does_not_hold_the_next_one() {
        let mut directory = RoomDirectory::default();
        directory.start("a", false);
        directory.take_request(0);
        directory.start("b", false);
        assert!(directory.take_request(ANSWER_MS).is_none());
        assert!(directory.expire(ANSWER_MS));
        assert!(directory.take_request(ANSWER_MS).is_some());
    }
}
