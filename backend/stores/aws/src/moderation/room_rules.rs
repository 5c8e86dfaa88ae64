//! Knowing that a room has no rules for posting without reading them before each message.
//!
//! The counter of a room, from which each message takes its revision, has the attribute `ruled` while the room may have rules. A process
//! that has read once that a room has no rules takes revisions under the condition that the attribute is missing.
//!
//! Rules that were set by a version which does not know the attribute are found because each process reads the rules of a room once, and
//! does not remember what it reads while such a version may still run.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chat::ports::{Result, Unavailable};
use shared_types::{RoomName, RoomRules, Timestamp};

use crate::{
    item::{number, read_number},
    messages::{RULED, counter_key},
    table::{Table, Update},
};

/// For how long after the start of a process the version before it may still handle frames: after an update of a function, AWS starts
/// the old code for some seconds, and an event takes 10 s.
const UPGRADE: Duration = Duration::from_secs(2 * 60);

/// Maximum number of rooms that a process remembers: 10,000 of 50 bytes are 500 KB. When it is reached, all are forgotten.
const REMEMBERED: usize = 10_000;

/// The rooms that this process knows to have had no rules.
pub(super) struct RoomsWithoutRules {
    started_at: Timestamp,
    rooms: Mutex<HashSet<RoomName>>,
}

impl RoomsWithoutRules {
    pub(super) fn new(started_at: Timestamp) -> Self {
        Self { started_at, rooms: Mutex::default() }
    }

    pub(super) fn contains(&self, room: &RoomName) -> bool {
        self.lock().contains(room)
    }

    /// Remembers rules that were read.
    pub(super) fn remember(&self, room: &RoomName, rules: RoomRules, now: Timestamp) {
        let mut rooms = self.lock();
        if rules.restrict_posting() {
            rooms.remove(room);
        } else if now.since(self.started_at) > UPGRADE {
            if rooms.len() >= REMEMBERED {
                rooms.clear();
            }
            rooms.insert(room.clone());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<RoomName>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Marks the counter of a room that has rules.
async fn mark(table: &Table, room: &RoomName) -> Result<()> {
    let mark = table
        .updating(counter_key(room))
        // A room without messages gets a counter at 0, as every counter has a revision.
        .update_expression("SET #ruled = :one ADD rulings :one, #rev :none")
        .expression_attribute_names("#ruled", RULED)
        .expression_attribute_names("#rev", "rev")
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":none", number(0));
    table.try_update(mark, "marking the rules of a room").await.map(drop)
}

/// Stores rules with `stored`, and marks the counter of the room.
///
/// Rules are never stored without a mark, so the room is marked first. Of two calls at the same time, the rules of the one that stores last
/// remain. If those are not empty, the mark remains: it is set again after both stored, and the other call removes the mark only if there
/// was no other since before it stored.
pub(super) async fn set(
    table: &Table,
    room: &RoomName,
    rules: RoomRules,
    stored: impl Future<Output = Result<()>>,
) -> Result<()> {
    if rules.restrict_posting() {
        mark(table, room).await?;
        stored.await?;
        return mark(table, room).await;
    }
    let doing = "removing the mark of a room without rules";
    let counter = table.get(counter_key(room), doing).await?.unwrap_or_default();
    stored.await?;
    if !counter.contains_key(RULED) {
        return Ok(());
    }
    let rulings: u64 = read_number(&counter, "rulings").map_err(Unavailable::while_doing(doing))?;
    let unmark = table
        .updating(counter_key(room))
        .update_expression("REMOVE #ruled")
        .condition_expression("rulings = :rulings")
        .expression_attribute_names("#ruled", RULED)
        .expression_attribute_values(":rulings", number(rulings));
    match table.try_update(unmark, doing).await? {
        // After a refusal the mark stays, which costs reads and nothing else.
        Update::Made(_) | Update::Refused(_) => Ok(()),
    }
}
