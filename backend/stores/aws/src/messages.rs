//! The log of all rooms in DynamoDB.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use aws_sdk_dynamodb::{operation::update_item::builders::UpdateItemFluentBuilder, types::ReturnValue};
use chat::ports::{
    Result, Unavailable,
    messages::{ChangeRecord, IdempotencyRecord, MessageKey, Messages, PinEntry, StoredMessage},
    system::Clock,
};
use futures::future::join;
use shared_types::{ChatMessage, PersonId, Rev, RoomName, Seq, ThreadSummary, Timestamp};

use self::{
    items::{
        author_partition, change_sk, from_message, message_key, message_sk, pin_sk, record_key, record_sk,
        room_partition, to_change, to_message, to_message_key, to_pin, to_record, to_stored, tombstone_key,
    },
    query::{Direction, Expired, Range},
};
use crate::{
    item::{Item, item, json, number, read_all, read_number, text},
    table::{Key, Table, Update},
};

pub(crate) mod backup;
mod items;
mod query;
mod removal;
mod saved;
mod threads;

const TAKING_REV: &str = "taking the next revision of a room";

/// Attribute of a room's counter: the room may have rules. The counter is in the table of the messages, and the rules are not.
pub(crate) const RULED: &str = "ruled";

/// Returns the key of the counter of a room.
pub(crate) fn counter_key(room: &RoomName) -> Key {
    Key::new(room_partition(room), "rev")
}

/// [`Messages`] in a DynamoDB table.
pub struct DynamoMessages {
    table: Table,
    retention: Option<Duration>,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl Messages for DynamoMessages {
    async fn next_rev(&self, room: &RoomName) -> Result<Rev> {
        let taken = self.take_rev(self.taking_rev(room)).await?;
        taken.ok_or_else(|| Unavailable { doing: TAKING_REV, cause: "refused without a condition".into() })
    }

    async fn next_rev_without_rules(&self, room: &RoomName) -> Result<Option<Rev>> {
        let update = self.taking_rev(room).condition_expression("attribute_not_exists(#ruled)");
        self.take_rev(update.expression_attribute_names("#ruled", RULED)).await
    }

    async fn reserve(&self, message_key: &MessageKey, record: IdempotencyRecord) -> Result<IdempotencyRecord> {
        let doing = "writing an idempotency record";
        let Key { pk, sk } = record_key(message_key);
        let mut fresh =
            item([("pk", text(pk)), ("sk", text(sk)), ("rev", number(record.rev.0)), ("at", number(record.at.0))]);
        // It expires with its message, so that a retry finds it as long as the message exists.
        self.expire(&mut fresh, record.at);
        // Both at once: only late retries need the tombstone, and all others would wait for it.
        let (put, tombstone) =
            join(self.table.put_if_absent(fresh, doing), self.find_tombstone(message_key, doing)).await;
        match (put?, tombstone?) {
            (put, Some(holds)) => {
                if put.is_none() {
                    self.table.delete_if_at(record_key(message_key), record.rev.0, doing).await?;
                }
                Ok(holds)
            }
            (None, None) => Ok(record),
            (Some(earlier), None) => to_record(&earlier).map_err(Unavailable::while_doing(doing)),
        }
    }

    async fn take_over(
        &self,
        message_key: &MessageKey,
        held: IdempotencyRecord,
        fresh: IdempotencyRecord,
    ) -> Result<IdempotencyRecord> {
        let doing = "replacing an idempotency record";
        let update = self
            .table
            .updating(record_key(message_key))
            .condition_expression("#rev = :held")
            .expression_attribute_names("#rev", "rev")
            .expression_attribute_names("#at", "at")
            .expression_attribute_values(":held", number(held.rev.0))
            .expression_attribute_values(":rev", number(fresh.rev.0))
            .expression_attribute_values(":at", number(fresh.at.0));
        let update = match self.end_of(fresh.at) {
            None => update.update_expression("SET #rev = :rev, #at = :at"),
            Some(end) => update
                .update_expression("SET #rev = :rev, #at = :at, expires = :expires")
                .expression_attribute_values(":expires", number(end)),
        };
        let holds = match self.table.try_update(update, doing).await? {
            Update::Made(_) => fresh,
            Update::Refused(Some(other)) => to_record(&other).map_err(Unavailable::while_doing(doing))?,
            // It became a tombstone, or expired, since it was read.
            Update::Refused(None) => return self.reserve_again(message_key, held, fresh, doing).await,
        };
        // After an interrupted `tombstone` both exist.
        self.table.delete_if_at(tombstone_key(message_key), held.rev.0, doing).await?;
        Ok(holds)
    }

    async fn records_of(
        &self,
        author: &PersonId,
        after: Option<&MessageKey>,
        limit: usize,
    ) -> Result<Vec<(MessageKey, IdempotencyRecord)>> {
        let partition = author_partition(author);
        let start = after.map(|after| item([("pk", text(&partition)), ("sk", text(record_sk(after)))]));
        let query = self.table.querying(&partition).set_exclusive_start_key(start);
        let one = |item: &Item| Ok((to_message_key(author, item)?, to_record(item)?));
        self.kept(query, limit, Expired::Anywhere, one, "reading the records of an author").await
    }

    async fn tombstone(&self, message_key: &MessageKey, until: Timestamp) -> Result<()> {
        let doing = "writing a tombstone";
        let Some(found) = self.table.get(record_key(message_key), doing).await? else { return Ok(()) };
        let IdempotencyRecord { rev, at } = to_record(&found).map_err(Unavailable::while_doing(doing))?;
        let Key { pk, sk } = tombstone_key(message_key);
        let tombstone = item([
            ("pk", text(pk)),
            ("sk", text(sk)),
            ("rev", number(rev.0)),
            ("at", number(at.0)),
            ("expires", number(until.0 / 1000)),
        ]);
        // In this order one of the two exists at every moment.
        self.table.put(tombstone, doing).await?;
        self.table.delete_if_at(record_key(message_key), rev.0, doing).await
    }

    async fn put(&self, room: &RoomName, message: &ChatMessage) -> Result<ChatMessage> {
        let doing = "storing a message";
        if let Some(root) = message.thread {
            self.index_reply(room, root, message).await?;
        }
        match self.table.put_if_absent(self.to_item(room, message, doing)?, doing).await? {
            None => Ok(message.clone()),
            Some(earlier) => to_message(&earlier).map_err(Unavailable::while_doing(doing)),
        }
    }

    async fn at(&self, room: &RoomName, seq: Seq) -> Result<Option<StoredMessage>> {
        let doing = "reading a message";
        let found = self.table.get(message_key(room, seq), doing).await?;
        let found: Vec<Item> = found.into_iter().filter(|item| self.is_kept(item)).collect();
        Ok(read_all(&found, to_stored).pop())
    }

    async fn before(&self, room: &RoomName, before: Option<Seq>, limit: usize) -> Result<Vec<ChatMessage>> {
        let newest = match before {
            None => u64::MAX,
            Some(Seq(0)) => return Ok(Vec::new()),
            Some(Seq(seq)) => seq - 1,
        };
        let range = Range { room, sk: message_sk, oldest: 0, newest, direction: Direction::NewestFirst };
        let page = self.kept_of(range, limit, to_message, "reading a page of messages");
        let mut messages = page.await?;
        messages.reverse();
        Ok(messages)
    }

    async fn created_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChatMessage>> {
        let Some(oldest) = rev.0.checked_add(1) else { return Ok(Vec::new()) };
        let range = Range { room, sk: message_sk, oldest, newest: u64::MAX, direction: Direction::OldestFirst };
        self.kept_of(range, limit, to_message, "reading new messages").await
    }

    async fn replace(&self, room: &RoomName, seen: Rev, changed: &StoredMessage) -> Result<bool> {
        let doing = "changing a message";
        let StoredMessage { message, applied } = changed;
        let mut item = self.to_item(room, message, doing)?;
        item.insert("applied".into(), json(applied).map_err(Unavailable::while_doing(doing))?);
        match self.replace_as_seen(item, seen, message.replies.as_ref()).await? {
            None => Ok(true),
            // An attempt whose answer was lost finds its own write: no other request has this revision.
            Some(found) => Ok(read_number(&found, "rev").is_ok_and(|rev: u64| rev == message.rev.0)),
        }
    }

    async fn record_change(&self, room: &RoomName, change: ChangeRecord) -> Result<()> {
        let Key { pk, sk } = Key::new(room_partition(room), change_sk(change.rev.0));
        let mut stored =
            item([("pk", text(pk)), ("sk", text(sk)), ("rev", number(change.rev.0)), ("at", number(change.at.0))]);
        if let Some(seq) = change.seq {
            stored.insert("seq".into(), number(seq.0));
        }
        // Its message is older and expires first, so a change record exists as long as its message.
        self.expire(&mut stored, change.at);
        self.table.put(stored, "writing a change record").await
    }

    async fn changes_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChangeRecord>> {
        let Some(oldest) = rev.0.checked_add(1) else { return Ok(Vec::new()) };
        let range = Range { room, sk: change_sk, oldest, newest: u64::MAX, direction: Direction::OldestFirst };
        self.kept_of(range, limit, to_change, "reading change records").await
    }

    async fn newest_changes(&self, room: &RoomName, limit: usize) -> Result<Vec<ChangeRecord>> {
        let range = Range { room, sk: change_sk, oldest: 0, newest: u64::MAX, direction: Direction::NewestFirst };
        let mut changes = self.kept_of(range, limit, to_change, "reading the newest change records").await?;
        changes.reverse();
        Ok(changes)
    }

    async fn index_pin(&self, room: &RoomName, PinEntry { seq, rev }: PinEntry) -> Result<()> {
        let update = self
            .table
            .updating(Key::new(room_partition(room), pin_sk(seq.0)))
            .condition_expression("attribute_not_exists(#rev) OR #rev < :rev")
            .expression_attribute_names("#rev", "rev")
            .expression_attribute_values(":rev", number(rev.0))
            .expression_attribute_values(":seq", number(seq.0));
        // Its message is older and expires first, so an entry exists as long as its message.
        let update = match self.end_of(self.clock.now()) {
            None => update.update_expression("SET #rev = :rev, seq = :seq"),
            Some(end) => update
                .update_expression("SET #rev = :rev, seq = :seq, expires = :expires")
                .expression_attribute_values(":expires", number(end)),
        };
        match self.table.try_update(update, "indexing a pin").await? {
            Update::Made(_) | Update::Refused(_) => Ok(()),
        }
    }

    async fn unindex_pin(&self, room: &RoomName, seq: Seq, before: Rev) -> Result<()> {
        let key = Key::new(room_partition(room), pin_sk(seq.0));
        self.table.delete_if_below(key, before.0, "removing a pin from the index").await
    }

    async fn indexed_pins(&self, room: &RoomName, limit: usize) -> Result<Vec<PinEntry>> {
        let range = Range { room, sk: pin_sk, oldest: 0, newest: u64::MAX, direction: Direction::OldestFirst };
        self.kept_of(range, limit, to_pin, "reading the index of pins").await
    }

    async fn replies(&self, room: &RoomName, root: Seq, before: Option<Seq>, limit: usize) -> Result<Vec<Seq>> {
        self.replies_before(room, root, before, limit).await
    }

    async fn summarize(
        &self,
        room: &RoomName,
        root: Seq,
        seen: Option<&ThreadSummary>,
        summary: &ThreadSummary,
    ) -> Result<bool> {
        self.replace_summary(room, root, seen, summary).await
    }

    async fn remove(&self, room: &RoomName, messages: &[ChatMessage]) -> Result<()> {
        self.remove_messages(room, messages).await
    }

    async fn remove_changes(&self, room: &RoomName, before: Timestamp, limit: usize) -> Result<usize> {
        self.remove_change_records(room, before, limit).await
    }
}

impl DynamoMessages {
    pub(crate) fn new(table: Table, retention: Option<Duration>, clock: Arc<dyn Clock>) -> Self {
        Self { table, retention, clock }
    }

    fn taking_rev(&self, room: &RoomName) -> UpdateItemFluentBuilder {
        self.table
            .updating(counter_key(room))
            .update_expression("ADD #rev :one")
            .expression_attribute_names("#rev", "rev")
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::UpdatedNew)
    }

    /// Takes a revision, unless the update has a condition that is false. A repeated attempt leaves a gap in the order, and nothing else.
    async fn take_rev(&self, update: UpdateItemFluentBuilder) -> Result<Option<Rev>> {
        match self.table.try_update(update, TAKING_REV).await? {
            Update::Made(counter) => {
                read_number(&counter, "rev").map(|rev| Some(Rev(rev))).map_err(Unavailable::while_doing(TAKING_REV))
            }
            Update::Refused(_) => Ok(None),
        }
    }

    /// Returns the tombstone of a message, if it holds.
    async fn find_tombstone(&self, message_key: &MessageKey, doing: &'static str) -> Result<Option<IdempotencyRecord>> {
        let found = self.table.get(tombstone_key(message_key), doing).await?.filter(|item| !self.has_expired(item));
        found.as_ref().map(to_record).transpose().map_err(Unavailable::while_doing(doing))
    }

    /// Writes a record in place of one that became a tombstone or expired.
    async fn reserve_again(
        &self,
        message_key: &MessageKey,
        held: IdempotencyRecord,
        fresh: IdempotencyRecord,
        doing: &'static str,
    ) -> Result<IdempotencyRecord> {
        match self.find_tombstone(message_key, doing).await? {
            Some(other) if other != held => return Ok(other),
            Some(_) => self.table.delete_if_at(tombstone_key(message_key), held.rev.0, doing).await?,
            None => {}
        }
        self.reserve(message_key, fresh).await
    }

    /// Returns whether an item is unexpired. Its expiry was set when it was stored; a shorter retention that was set since counts as well.
    fn is_kept(&self, item: &Item) -> bool {
        let from = read_number(item, "sentAt").or_else(|_| read_number(item, "at")).map(Timestamp);
        let end = from.ok().and_then(|from| self.end_of(from));
        !self.has_expired(item) && end.is_none_or(|end| self.clock.now().0 / 1000 < end)
    }

    fn has_expired(&self, item: &Item) -> bool {
        read_number::<u64>(item, "expires").is_ok_and(|expires| expires <= self.clock.now().0 / 1000)
    }

    fn to_item(&self, room: &RoomName, message: &ChatMessage, doing: &'static str) -> Result<Item> {
        let mut stored = from_message(room, message, doing)?;
        self.expire(&mut stored, message.sent_at);
        Ok(stored)
    }

    fn expire(&self, stored: &mut Item, from: Timestamp) {
        if let Some(end) = self.end_of(from) {
            stored.insert("expires".into(), number(end));
        }
    }

    /// Returns when an item of that time expires, in seconds since 1970.
    fn end_of(&self, from: Timestamp) -> Option<u64> {
        self.retention.map(|retention| from.0 / 1000 + retention.as_secs())
    }
}
