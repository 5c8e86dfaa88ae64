//! Reads the records of a stack.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chat::ports::{
    backup::{Record, RecordSource, StoreError},
    messages::{ChangeRecord, IdempotencyRecord, MessageKey, StoredMessage},
    system::Clock,
};
use shared_types::{Rev, RoomName, Timestamp};

use super::{BACKUP, marker_key, pace::Pace, scan::Scan};
use crate::{
    devices,
    item::Item,
    messages::{DynamoMessages, backup::Found},
    moderation, passkeys, read_positions, secrets,
    table::Table,
};

/// How far the clock of a function may be behind that of this machine.
const CLOCK_SKEW: Duration = Duration::from_secs(10 * 60);

/// The records of a stack, by one Scan of each table. People may write meanwhile.
///
/// A Scan is not the state of one moment: it may meet a message and miss the records that were written with it, because it had passed
/// their place before. So these records are derived from each message that was written or changed since the Scan began.
pub struct DynamoRecords {
    decisions: Scan,
    log: Scan,
    log_table: Table,
    messages: DynamoMessages,
    clock: Arc<dyn Clock>,
    pace: Pace,
    began: Timestamp,
    is_checked: bool,
    unreadable: u64,
}

impl DynamoRecords {
    pub(crate) fn new(
        connections: Table,
        log_table: Table,
        messages: DynamoMessages,
        clock: Arc<dyn Clock>,
        units_per_second: u32,
    ) -> Self {
        let (decisions, log) = (Scan::new(connections), Scan::new(log_table.clone()));
        let (pace, began) = (Pace::new(units_per_second), clock.now());
        Self { decisions, log, log_table, messages, clock, pace, began, is_checked: false, unreadable: 0 }
    }

    /// Refuses a message table that is not complete.
    async fn check_complete(&mut self) -> Result<(), StoreError> {
        if !self.is_checked {
            if self.log_table.get(marker_key(), "looking for an interrupted restore").await?.is_some() {
                return Err(StoreError::Refused(
                    "a restore into this stack was interrupted: repeat it before a backup".into(),
                ));
            }
            self.is_checked = true;
        }
        Ok(())
    }

    /// Adds the record of an item, and what can be derived from it.
    fn add(&mut self, found: Found, item: &Item, records: &mut Vec<Record>) -> Result<(), StoreError> {
        match found {
            Found::Record(record) => {
                if let Record::Message { room, message } = &record {
                    records.extend(derived(room, message, self.began));
                }
                records.push(record);
            }
            Found::NotInBackups => {}
            Found::Unreadable => {
                self.unreadable += 1;
                // Without the key, which has ids of people.
                tracing::error!("stored item cannot be read; left out of the backup");
            }
            Found::Unknown => {
                let partition = item.get("pk").and_then(|pk| pk.as_s().ok()).and_then(|pk| pk.split('#').next());
                return Err(StoreError::Refused(format!(
                    "the message table has an unknown item ({:?}), so the backup would not be complete",
                    partition.unwrap_or_default()
                )));
            }
        }
        Ok(())
    }
}

#[async_trait]
impl RecordSource for DynamoRecords {
    async fn next(&mut self) -> Result<Vec<Record>, StoreError> {
        self.check_complete().await?;
        let mut records = Vec::new();
        while records.is_empty() {
            if let Some(items) = self.decisions.page(&mut self.pace).await? {
                let now = self.clock.now();
                for item in &items {
                    let found = match secrets::backup_record(item) {
                        Found::NotInBackups => moderation::backup::decision(item, now),
                        found => found,
                    };
                    let found = match found {
                        Found::NotInBackups => read_positions::backup_record(item, now),
                        found => found,
                    };
                    let found = match found {
                        Found::NotInBackups => devices::backup_record(item, now),
                        found => found,
                    };
                    let found = match found {
                        Found::NotInBackups => passkeys::backup_record(item, now),
                        found => found,
                    };
                    self.add(found, item, &mut records)?;
                }
            } else if let Some(items) = self.log.page(&mut self.pace).await? {
                for item in &items {
                    let found = match moderation::backup::entry(item, self.clock.now()) {
                        Found::NotInBackups => self.messages.found(item),
                        found => found,
                    };
                    self.add(found, item, &mut records)?;
                }
            } else {
                break;
            }
        }
        Ok(records)
    }

    fn unreadable(&self) -> u64 {
        self.unreadable
    }
}

/// Returns the idempotency record of a message that was sent since the Scan began, and the change record of a message that was changed
/// since. If the Scan met them, the backup has them twice, which is no harm.
fn derived(room: &RoomName, stored: &StoredMessage, began: Timestamp) -> impl Iterator<Item = Record> {
    let (message, since) = (&stored.message, began - CLOCK_SKEW);
    let idempotency = (!message.deleted && message.sent_at >= since).then(|| Record::Idempotency {
        key: MessageKey { room: room.clone(), author: message.author.id.clone(), nonce: message.nonce.clone() },
        record: IdempotencyRecord { rev: Rev(message.seq.0), at: message.sent_at },
    });
    // An erased message does not tell when it was changed.
    let changed_at = stored.applied.last().map(|applied| applied.at);
    let may_be_new = changed_at.is_none_or(|at| at >= since);
    let change = (message.rev.0 > message.seq.0 && may_be_new).then(|| Record::Change {
        room: room.clone(),
        change: ChangeRecord { rev: message.rev, at: changed_at.unwrap_or(message.sent_at), seq: Some(message.seq) },
    });
    idempotency.into_iter().chain(change)
}

/// Returns the attribute of the marker that names the backup whose restore was interrupted.
pub(super) fn marked_backup(marker: &Item) -> Option<&str> {
    marker.get(BACKUP)?.as_s().ok().map(String::as_str)
}
