//! The rooms that this browser has visited, and which of them have unread messages. The server is asked when the visitor does something,
//! never on a timer, and sends news of these rooms to the page's socket from then on.

use shared_types::{
    ClientMessage, ErrorCode, PersonId, RoomActivity, RoomName, Seq, Timestamp, json,
    limits::{ROOMS, WATCHED_ROOMS},
};

pub use self::unread::RoomNews;
use self::unread::RoomUnread;
use crate::room_directory::ANSWER_MS;

pub mod choices;
pub mod hidden;
pub mod removed;
mod unread;

/// Minimum time between two requests when the page becomes visible, in milliseconds.
const LOOK_MS: u64 = 60_000;

/// Maximum time after which a page on a new socket watches its rooms again, in milliseconds: many pages that reconnect at once spread
/// their writes over it.
const WATCH_JITTER_MS: u64 = 10_000;

/// Time after which a request that failed is repeated to watch the rooms, in milliseconds.
const WATCH_RETRY_MS: u64 = 30_000;

/// The visited rooms. The current one is the first, and the others follow in the order of the last visit.
pub struct RoomList {
    visited: Vec<RoomName>,
    unread: Vec<RoomUnread>,
    /// When the server was last asked.
    asked: Option<u64>,
    /// Whether to ask as soon as there is a socket.
    wanted: bool,
    /// Whether to ask for titles, too: once, and when the visitor opens the list.
    titles: bool,
    /// From when on the rooms may be watched.
    watch_at: u64,
    /// The rooms that the socket watches.
    watched: Option<Vec<RoomName>>,
    /// Number of requests on this socket that are not answered.
    unanswered: u32,
    progress: RefreshProgress,
    /// Whether the socket is a new one that has watched nothing. Then the answer has what came while there was none.
    is_new_socket: bool,
    /// The rooms to which others have added the visitor, until the visitor opens them. They may have no message.
    added: Vec<RoomName>,
}

/// Whether what the list says is what the server answered last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshProgress {
    /// It is, or the first answer is not late.
    Done,
    /// The last request failed or was not answered in time. It is repeated after a while, and when the visitor tries again.
    Failed,
    /// The visitor tries again.
    Retrying,
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
    /// Number of its unread messages, at most [`shared_types::limits::UNREAD_COUNT`]; 0 if it is unknown.
    pub count: u32,
    /// Whether one of them mentions the visitor.
    pub mentioned: bool,
    /// Whether the visitor made it a favourite.
    pub favourite: bool,
    /// Whether the visitor muted it: it counts as unread only if it mentions them.
    pub muted: bool,
}

impl RoomEntry {
    fn new(room: &RoomName, is_current: bool) -> Self {
        Self {
            room: room.clone(),
            is_current,
            unread: false,
            count: 0,
            mentioned: false,
            favourite: false,
            muted: false,
        }
    }

    /// The rooms to draw while nothing else is known: the lobby and the current room.
    pub fn initial(current: &RoomName) -> Vec<Self> {
        let lobby = RoomName::lobby();
        let others = (*current != lobby).then(|| Self::new(current, true));
        [Self::new(&lobby, *current == lobby)].into_iter().chain(others).collect()
    }

    /// Whether the visitor can take it off the list. The lobby is always listed.
    pub fn is_removable(&self) -> bool {
        !self.is_current && self.room != RoomName::lobby()
    }
}

impl RoomList {
    /// The list for the current room and the stored ones.
    pub fn new(room: &RoomName, stored: Option<&str>) -> Self {
        let mut rooms = Self {
            visited: vec![room.clone()],
            unread: Vec::new(),
            asked: None,
            wanted: true,
            titles: true,
            watch_at: 0,
            watched: None,
            unanswered: 0,
            progress: RefreshProgress::Done,
            is_new_socket: false,
            added: Vec::new(),
        };
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

    /// The visitor goes to another room, which is the current one then.
    pub fn enter(&mut self, room: &RoomName) {
        self.on_opened(room);
        self.visited.retain(|visited| visited != room);
        self.visited.insert(0, room.clone());
        self.visited.truncate(ROOMS);
    }

    /// Removes a room. The current one stays. Returns the place where the room was.
    pub fn remove(&mut self, room: &RoomName) -> Option<usize> {
        let place = self.visited[1..].iter().position(|visited| visited == room)? + 1;
        self.visited.remove(place);
        Some(place)
    }

    /// Adds a room again at the place from which it was removed.
    pub fn restore(&mut self, room: &RoomName, place: usize) {
        if !self.visited.contains(room) {
            self.visited.insert(place.clamp(1, self.visited.len()), room.clone());
            self.visited.truncate(ROOMS);
        }
    }

    /// Removes the private rooms of which the visitor is no member any more, and returns them. `mine` are all private rooms of the visitor. The
    /// current room stays: its page says what happened.
    pub fn remove_lost(&mut self, mine: &[RoomName]) -> Vec<RoomName> {
        let is_lost = |room: &RoomName| room.is_private() && !mine.contains(room);
        let lost: Vec<RoomName> = self.visited[1..].iter().filter(|room| is_lost(room)).cloned().collect();
        lost.iter().for_each(|room| _ = self.remove(room));
        lost
    }

    /// Adds a room that the visitor has not visited, if there is space.
    pub fn add(&mut self, room: &RoomName) {
        if self.visited.len() < ROOMS && !self.visited.contains(room) {
            self.visited.push(room.clone());
        }
    }

    /// Keeps rooms in the list, before all others that are not the current one. Those that were visited longest ago leave it for them.
    pub fn keep(&mut self, rooms: &[RoomName]) {
        for room in rooms.iter().rev() {
            if *room != self.visited[0] {
                self.visited.retain(|visited| visited != room);
                self.visited.insert(1, room.clone());
            }
        }
        self.visited.truncate(ROOMS);
    }

    /// Somebody added the visitor to a room: it is unread until the visitor opens it.
    pub fn on_added(&mut self, room: &RoomName) {
        self.on_opened(room);
        self.added.push(room.clone());
    }

    /// The visitor opens a room, or marks it as read.
    pub fn on_opened(&mut self, room: &RoomName) {
        self.added.retain(|added| added != room);
    }

    /// Adds a private room that the visitor does not know, behind the current room. Returns whether it did.
    pub fn add_private(&mut self, room: &RoomName) -> bool {
        let is_new = room.is_private() && !self.visited.contains(room);
        if is_new {
            self.visited.insert(1, room.clone());
            self.visited.truncate(ROOMS);
        }
        is_new
    }

    /// The list to store when the visitor has lost the current room.
    pub fn to_json_without_current(&self) -> String {
        json::to_string(&self.visited[1..].to_vec())
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

    /// The visitor opens the list, or tries again after a failure: once until that is answered or late.
    pub fn retry(&mut self) {
        match self.progress {
            RefreshProgress::Retrying => return,
            RefreshProgress::Failed => (self.watch_at, self.progress) = (0, RefreshProgress::Retrying),
            RefreshProgress::Done => {}
        }
        self.request();
    }

    /// The page has a new socket, which watches nothing yet. The first one watches at once, and so does one that `moved` from another room.
    /// What was not answered on a socket that was lost is asked again.
    pub fn on_welcome(&mut self, now: u64, moved: bool, random: u32) {
        self.titles |= !moved && std::mem::take(&mut self.unanswered) > 0;
        let is_later = self.watched.take().is_some() && !moved;
        self.watch_at = now + if is_later { u64::from(random) % WATCH_JITTER_MS } else { 0 };
        self.is_new_socket |= is_later;
    }

    /// Returns the request to send, if one is wanted. It does not name the current room. `read` returns the read position of a room.
    pub fn take_request(&mut self, now: u64, read: impl Fn(&RoomName) -> Seq) -> Option<ClientMessage> {
        let rooms = self.visited[1..].to_vec();
        let first = &rooms[..rooms.len().min(WATCHED_ROOMS)];
        let watch = now >= self.watch_at && self.watched.as_deref() != Some(first);
        // A page that knows no other room watches for direct messages.
        if !(watch || std::mem::take(&mut self.wanted) && !rooms.is_empty()) {
            return None;
        }
        if watch {
            self.watched = Some(first.to_vec());
        }
        (self.wanted, self.asked) = (false, Some(now));
        self.unanswered += 1;
        self.unread.iter_mut().for_each(RoomUnread::on_request);
        let read = first.iter().map(read).collect();
        let titles = std::mem::take(&mut self.titles) || watch && self.is_new_socket;
        self.is_new_socket &= !watch;
        Some(ClientMessage::Rooms { rooms, titles, watch, read })
    }

    /// The server answered with an error: the request is repeated when the page becomes visible, and later to watch the rooms. One that only
    /// came too early is no failure.
    pub fn on_error(&mut self, now: u64, code: ErrorCode) {
        self.unanswered = self.unanswered.saturating_sub(1);
        self.repeat_later(now);
        if code != ErrorCode::TooFast || self.progress == RefreshProgress::Retrying {
            self.progress = RefreshProgress::Failed;
        }
    }

    /// Gives up requests that are not answered in time: they may be lost, and then the rooms are not watched. Returns whether it did. An answer
    /// that comes later is used.
    pub fn expire(&mut self, now: u64) -> bool {
        let is_late = self.unanswered > 0 && self.asked.is_some_and(|asked| now >= asked + ANSWER_MS);
        if is_late {
            (self.unanswered, self.progress) = (0, RefreshProgress::Failed);
            self.repeat_later(now);
        }
        is_late
    }

    fn repeat_later(&mut self, now: u64) {
        self.asked = None;
        self.titles = true;
        self.watched = None;
        self.watch_at = now + WATCH_RETRY_MS;
    }

    /// Whether the list is what the server answered last.
    pub fn progress(&self) -> RefreshProgress {
        self.progress
    }

    /// The server's answer, which has every room that has messages.
    pub fn on_activity(&mut self, activity: Vec<RoomActivity>) {
        self.unanswered = self.unanswered.saturating_sub(1);
        self.progress = RefreshProgress::Done;
        self.unread.retain_mut(RoomUnread::on_answer);
        for activity in activity {
            self.unread_of(&activity.room).set_activity(activity);
        }
    }

    /// News of a room. Returns whether it is a message that was not known and mentions the visitor.
    pub fn on_news(&mut self, news: &RoomNews, me: &PersonId) -> bool {
        let is_listed = self.visited[1..].contains(&news.room);
        is_listed && news.author != *me && self.unread_of(&news.room).add(news)
    }

    /// The rooms of the last answer, with the read position that the server has.
    pub fn stored_positions(&self) -> impl Iterator<Item = (&RoomName, Option<Seq>)> {
        self.unread.iter().filter_map(|unread| Some((&unread.room, unread.activity.as_ref()?.read)))
    }

    /// The newest message of a room, as far as it is known.
    pub fn newest_in(&self, room: &RoomName) -> Option<Seq> {
        self.unread.iter().find(|unread| unread.room == *room)?.newest()
    }

    /// When the newest message of a room was sent, as far as it is known.
    pub fn active_at(&self, room: &RoomName) -> Option<Timestamp> {
        self.unread.iter().find(|unread| unread.room == *room)?.active_at()
    }

    fn unread_of(&mut self, room: &RoomName) -> &mut RoomUnread {
        let place = self.unread.iter().position(|unread| unread.room == *room).unwrap_or_else(|| {
            self.unread.push(RoomUnread::new(room));
            self.unread.len() - 1
        });
        &mut self.unread[place]
    }

    /// The rooms to draw: the lobby, and the others by name, so that a visit moves none. `read` returns the read position of a room.
    pub fn entries(&self, me: &PersonId, read: impl Fn(&RoomName) -> Seq) -> Vec<RoomEntry> {
        let mut entries = RoomEntry::initial(&self.visited[0]);
        for room in &self.visited[1..] {
            let mut entry = RoomEntry::new(room, false);
            if let Some(unread) = self.unread.iter().find(|unread| unread.room == *room) {
                unread.show(&mut entry, me, read(room));
            }
            // Another page may have opened it.
            entry.unread |= self.added.contains(room) && read(room) == Seq::default();
            match entries.iter_mut().find(|entry| entry.room == *room) {
                Some(lobby) => *lobby = entry,
                None => {
                    // The lobby is the first. Inserting is less code than sorting.
                    let place = entries[1..].partition_point(|before| before.room.as_str() < room.as_str());
                    entries.insert(place + 1, entry);
                }
            }
        }
        entries
    }
}

#[cfg(test)]
mod tests;
