//! The directory of open rooms: which rooms of this chat there are.
//!
//! A room is listed when something is written in it, so a room that was only opened is not. Each process notes a room once an hour, beside
//! the broadcast of a message; all other messages cost nothing. Title, topic and archiving follow when they are changed. A room in which
//! nothing is left to read is removed by the request that finds it, and returns with its next message, in another process with the next one in
//! a later hour.
//!
//! Private rooms are never added, so the directory cannot show one.
//!
//! Somebody who opens many rooms is stopped by a limit of new rooms for each address. When the directory is full, a new room replaces the
//! one that was active longest ago; that one returns with its next message.

use std::{
    cmp::Reverse,
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use futures::{StreamExt, TryStreamExt, future::try_join3, stream};
use shared_types::{
    DirectoryPosition, DirectoryRoom, RoomDetails, RoomName, SearchText, ServerMessage, Timestamp, limits,
};

use crate::{
    access::rate_limit::{RateError, RateLimiter},
    content::folding::folded,
    cpu::yield_processor,
    messages::{renderer::MessageRenderer, room_activity::RoomActivityQuery},
    ports::{
        Result,
        connections::{Connection, ConnectionId, Connections},
        moderation::{Moderation, RoomSettings},
        room_directory::{DirectoryEntry, RoomDirectory},
        system::Clock,
    },
    presence::people::RoomPeople,
};

/// Number of rooms that are read at the same time.
const AT_ONCE: usize = 16;

/// Maximum number of rooms that a process remembers as noted: 10,000 names of at most 64 bytes are 1 MB. When it is reached, all are
/// dropped, and are noted again.
const MAX_NOTED: usize = 10_000;

/// Number of entries that are filtered before others may use the processor: 50 of 330 characters are some 0.1 ms.
const FILTERED_AT_ONCE: usize = 50;

/// Number of entries that are read: some more than are kept, because processes that add rooms at the same time exceed the limit.
const READ: usize = limits::DIRECTORY_ROOMS + 50;

/// Lists open rooms.
#[derive(Clone)]
pub struct RoomList {
    /// The stored directory.
    pub directory: Arc<dyn RoomDirectory>,
    /// The settings of rooms.
    pub moderation: Arc<dyn Moderation>,
    /// The people in rooms.
    pub connections: Arc<dyn Connections>,
    /// The newest messages of rooms.
    pub activity: RoomActivityQuery,
    /// Gives turns to the clients, because filtering looks at many titles.
    pub renderer: MessageRenderer,
    /// Limits new rooms.
    pub rate: RateLimiter,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What this process has noted.
    pub noted: Arc<NotedRooms>,
}

/// The rooms that a process has noted in this hour.
#[derive(Default)]
pub struct NotedRooms(Mutex<(Timestamp, BTreeSet<RoomName>)>);

/// Which rooms a person wants to see.
pub(crate) struct DirectoryQuery {
    pub(crate) text: Option<SearchText>,
    pub(crate) archived: bool,
    pub(crate) after: Option<DirectoryPosition>,
    /// Whether the rules of the rooms are wanted.
    pub(crate) rules: bool,
}

impl RoomList {
    /// Notes that something was written in the room of a connection. A failure is logged: the message is stored in any case.
    pub(crate) async fn note_message(&self, sender: &Connection) {
        let active = hour_of(self.clock.now());
        if self.is_to_be_noted(&sender.room, active) {
            log_failure(self.note(&sender.room, sender, active).await);
        }
    }

    /// Does the same for a room in which a connection was when it sent. The connection is only read if the room has to be noted.
    pub(crate) async fn note_message_of(&self, room: &RoomName, sender: &ConnectionId) {
        let active = hour_of(self.clock.now());
        if self.is_to_be_noted(room, active) {
            let noted = match self.connections.find(sender).await {
                Ok(Some(sender)) => self.note(room, &sender, active).await,
                // The next message notes the room.
                Ok(None) => {
                    self.noted.forget(room);
                    Ok(())
                }
                Err(error) => Err(error),
            };
            log_failure(noted);
        }
    }

    fn is_to_be_noted(&self, room: &RoomName, active: Timestamp) -> bool {
        !room.is_private() && self.noted.insert(room, active)
    }

    /// Changes the title and the topic of a room in the directory, if it is listed.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the store did not answer.
    pub(crate) async fn set_details(&self, room: &RoomName, details: &RoomDetails) -> Result<()> {
        if room.is_private() { Ok(()) } else { self.directory.set_details(room, details).await }
    }

    /// Moves a room to the archived ones in the directory or back, if it is listed.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the store did not answer.
    pub(crate) async fn set_archived(&self, room: &RoomName, archived: bool) -> Result<()> {
        if room.is_private() { Ok(()) } else { self.directory.set_archived(room, archived).await }
    }

    async fn note(&self, room: &RoomName, sender: &Connection, active: Timestamp) -> Result<()> {
        if self.directory.set_active(room, active).await? {
            return Ok(());
        }
        match self.rate.directory_room(sender).await {
            Ok(()) => {}
            Err(RateError::TooFast(_)) => return Ok(()),
            Err(RateError::Unavailable(error)) => return Err(error),
        }
        let mut entries = self.directory.entries(READ).await?;
        newest_first(&mut entries);
        // Usually one. Processes that add rooms at the same time leave some more.
        for oldest in entries.iter().skip(limits::DIRECTORY_ROOMS - 1) {
            self.directory.remove(&oldest.room, oldest.active).await?;
        }
        self.directory.add(room, active).await?;
        // What is set from now on changes the entry itself, so only what was set before has to be read.
        let RoomSettings { rules, details } = self.moderation.settings(room).await?;
        if !details.is_default() {
            self.directory.set_details(room, &details).await?;
        }
        if rules.archived {
            self.directory.set_archived(room, true).await?;
        }
        Ok(())
    }

    /// Returns a page of rooms, as `directory`.
    ///
    /// # Errors
    ///
    /// `Unavailable` if a store did not answer.
    pub(crate) async fn list(&self, reader: &Connection, query: DirectoryQuery) -> Result<ServerMessage> {
        let with_rules = query.rules && reader.person.moderator;
        let turn = self.renderer.turn(&reader.into()).await;
        let mut entries = self.directory.entries(READ).await?;
        newest_first(&mut entries);
        entries.truncate(limits::DIRECTORY_ROOMS);
        let mut entries = turn.run("filtering the rooms", move |_| matching(entries, &query)).await?;
        let more = entries.len() > limits::DIRECTORY_PAGE;
        entries.truncate(limits::DIRECTORY_PAGE);
        let after = entries.last().filter(|_| more).map(position);
        let found: Vec<_> = entries.into_iter().map(|entry| self.room(entry, with_rules)).collect();
        let found: Vec<Option<DirectoryRoom>> = stream::iter(found).buffered(AT_ONCE).try_collect().await?;
        let mut rooms: Vec<_> = found.into_iter().flatten().collect();
        rooms.sort_by_key(|room| Reverse(room.sent_at));
        Ok(ServerMessage::Directory { rooms, after })
    }

    /// Returns a listed room with its newest message and its people. Removes it if there is nothing to read.
    async fn room(&self, entry: DirectoryEntry, with_rules: bool) -> Result<Option<DirectoryRoom>> {
        let DirectoryEntry { room, title, topic, archived: _, active } = entry;
        let rules = async {
            match with_rules {
                true => self.moderation.rules(&room).await.map(Some),
                false => Ok(None),
            }
        };
        let newest = self.activity.newest_in(&room);
        let (newest, people, rules) = try_join3(newest, self.connections.in_small_room(&room), rules).await?;
        let Some(newest) = newest else {
            self.directory.remove(&room, active).await?;
            self.noted.forget(&room);
            return Ok(None);
        };
        let online = people.map(|people| RoomPeople::of(people.iter()).online);
        Ok(Some(DirectoryRoom { room, title, topic, sent_at: newest.sent_at, online, rules }))
    }
}

impl NotedRooms {
    /// Returns whether a room was not noted in this hour, and remembers it.
    fn insert(&self, room: &RoomName, hour: Timestamp) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.0 != hour || noted.1.len() >= MAX_NOTED {
            *noted = (hour, BTreeSet::new());
        }
        noted.1.insert(room.clone())
    }

    fn forget(&self, room: &RoomName) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.remove(room);
    }
}

fn log_failure(noted: Result<()>) {
    if let Err(error) = noted {
        tracing::warn!(%error, "directory of rooms not updated; a message in a later hour tries again");
    }
}

/// Returns the entries that the query wants, in the order of the directory.
fn matching(mut entries: Vec<DirectoryEntry>, query: &DirectoryQuery) -> Vec<DirectoryEntry> {
    let folded_text = query.text.as_ref().map(|text| folded(text.as_str()));
    let words: Vec<&str> = folded_text.as_deref().map(str::split_whitespace).into_iter().flatten().collect();
    entries.retain(|entry| {
        // The rules add open rooms only. A private room must not be shown, whatever is stored.
        let is_wanted = entry.archived == query.archived && !entry.room.is_private();
        is_wanted && query.after.as_ref().is_none_or(|after| order(entry) > (Reverse(after.active), &after.room))
    });
    let mut kept = Vec::with_capacity(entries.len());
    for (place, entry) in entries.into_iter().enumerate() {
        if place % FILTERED_AT_ONCE == 0 {
            yield_processor();
        }
        if words.is_empty() || contains(&entry, &words) {
            kept.push(entry);
        }
    }
    newest_first(&mut kept);
    kept
}

fn newest_first(entries: &mut [DirectoryEntry]) {
    entries.sort_by(|one, other| order(one).cmp(&order(other)));
}

fn order(entry: &DirectoryEntry) -> (Reverse<Timestamp>, &RoomName) {
    (Reverse(entry.active), &entry.room)
}

fn position(entry: &DirectoryEntry) -> DirectoryPosition {
    DirectoryPosition { active: entry.active, room: entry.room.clone() }
}

/// Returns whether address, title and topic of a room contain all words together.
fn contains(entry: &DirectoryEntry, words: &[&str]) -> bool {
    let title = entry.title.as_ref().map(|title| folded(title.as_str()));
    let topic = entry.topic.as_ref().map(|topic| folded(topic.as_str()));
    let is_in = |field: &Option<std::borrow::Cow<'_, str>>, word: &str| {
        field.as_ref().is_some_and(|field| field.contains(word))
    };
    words.iter().all(|word| entry.room.as_str().contains(word) || is_in(&title, word) || is_in(&topic, word))
}

/// Returns the beginning of the hour of a time.
fn hour_of(at: Timestamp) -> Timestamp {
    let hour = u64::try_from(limits::DIRECTORY_HOUR.as_millis()).unwrap_or(u64::MAX);
    Timestamp(at.0 - at.0 % hour)
}
