//! The log of every room, in DynamoDB.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::ReturnValue};
use chat::ports::{
    Result, Unavailable,
    messages::{ChangeRecord, IdempotencyRecord, MessageKey, Messages, StoredMessage},
    system::Clock,
};
use futures::future::join;
use shared_types::{ChatMessage, Person, PersonId, Rev, RoomName, Seq, Timestamp};

use crate::{
    item::{
        Item, Malformed, item, json, number, read, read_all, read_number, read_optional, read_optional_number,
        read_parsed, text,
    },
    table::{Key, Table, Update},
};

/// The most pages one read goes through for messages that are not expired.
///
/// DynamoDB deletes what expired within days, and until then it lies between a reader and the newer messages. A page
/// is up to 1 MB, at least 60 messages of the longest kind and some 3,000 of the usual one.
const PAGES: usize = 32;

/// [`Messages`] in a DynamoDB table.
pub struct DynamoMessages {
    table: Table,
    retention: Option<Duration>,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl Messages for DynamoMessages {
    async fn next_rev(&self, room: &RoomName) -> Result<Rev> {
        let doing = "taking the next revision of a room";
        let update = self
            .table
            .updating(Key::new(room_partition(room), "rev"))
            .update_expression("ADD #rev :one")
            .expression_attribute_names("#rev", "rev")
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::UpdatedNew);
        // A try that is repeated leaves a hole in the order, and nothing else.
        match self.table.try_update(update, doing).await? {
            Update::Made(counter) => read_number(&counter, "rev").map(Rev).map_err(Unavailable::while_doing(doing)),
            Update::Refused(_) => Err(Unavailable { doing, cause: "refused, though there is no condition".into() }),
        }
    }

    async fn reserve(&self, message_key: &MessageKey, claim: IdempotencyRecord) -> Result<IdempotencyRecord> {
        let doing = "claiming a place for a message";
        let Key { pk, sk } = claim_key(message_key);
        let mut fresh =
            item([("pk", text(pk)), ("sk", text(sk)), ("rev", number(claim.rev.0)), ("at", number(claim.at.0))]);
        // As long as its message: a retry finds it for as long as there is something to find.
        self.expire(&mut fresh, claim.at);
        // At the same time, since what was given up is asked for by late retries only, and all others would wait.
        let (put, given_up) = join(self.table.put_if_absent(fresh, doing), self.given_up(message_key, doing)).await;
        match (put?, given_up?) {
            (put, Some(holds)) => {
                if put.is_none() {
                    self.table.delete_if_at(claim_key(message_key), claim.rev.0, doing).await?;
                }
                Ok(holds)
            }
            (None, None) => Ok(claim),
            (Some(earlier), None) => to_claim(&earlier).map_err(Unavailable::while_doing(doing)),
        }
    }

    async fn take_over(
        &self,
        message_key: &MessageKey,
        held: IdempotencyRecord,
        fresh: IdempotencyRecord,
    ) -> Result<IdempotencyRecord> {
        let doing = "claiming a place anew";
        let update = self
            .table
            .updating(claim_key(message_key))
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
            Update::Refused(Some(other)) => to_claim(&other).map_err(Unavailable::while_doing(doing))?,
            // It was given up, or expired since it was read.
            Update::Refused(None) => return self.claim_anew(message_key, held, fresh, doing).await,
        };
        // Where giving it up was broken off, it is there, too.
        self.table.delete_if_at(given_up_key(message_key), held.rev.0, doing).await?;
        Ok(holds)
    }

    async fn records_of(
        &self,
        author: &PersonId,
        after: Option<&MessageKey>,
        limit: usize,
    ) -> Result<Vec<(MessageKey, IdempotencyRecord)>> {
        let partition = author_partition(author);
        let start = after.map(|after| item([("pk", text(&partition)), ("sk", text(claim_sk(after)))]));
        let query = self.table.querying(&partition).set_exclusive_start_key(start);
        let one = |item: &Item| Ok((to_identity(author, item)?, to_claim(item)?));
        self.kept(query, limit, Expired::StandsAnywhere, one, "reading what somebody wrote").await
    }

    async fn tombstone(&self, message_key: &MessageKey, until: Timestamp) -> Result<()> {
        let doing = "giving up a claim";
        let Some(found) = self.table.get(claim_key(message_key), doing).await? else { return Ok(()) };
        let IdempotencyRecord { rev, at } = to_claim(&found).map_err(Unavailable::while_doing(doing))?;
        let Key { pk, sk } = given_up_key(message_key);
        let given_up = item([
            ("pk", text(pk)),
            ("sk", text(sk)),
            ("rev", number(rev.0)),
            ("at", number(at.0)),
            ("expires", number(until.0 / 1000)),
        ]);
        // In this order, so that at every moment one of them holds.
        self.table.put(given_up, doing).await?;
        self.table.delete_if_at(claim_key(message_key), rev.0, doing).await
    }

    async fn put(&self, room: &RoomName, message: &ChatMessage) -> Result<ChatMessage> {
        let doing = "storing a message";
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
        let stretch = Stretch { room, sk: message_sk, oldest: 0, newest, direction: Direction::NewestFirst };
        let page = self.kept_of(stretch, limit, to_message, "reading a page of messages");
        let mut messages = page.await?;
        messages.reverse();
        Ok(messages)
    }

    async fn created_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChatMessage>> {
        let Some(oldest) = rev.0.checked_add(1) else { return Ok(Vec::new()) };
        let stretch = Stretch { room, sk: message_sk, oldest, newest: u64::MAX, direction: Direction::OldestFirst };
        self.kept_of(stretch, limit, to_message, "reading new messages").await
    }

    async fn replace(&self, room: &RoomName, seen: Rev, changed: &StoredMessage) -> Result<bool> {
        let doing = "changing a message";
        let StoredMessage { message, applied } = changed;
        let mut item = self.to_item(room, message, doing)?;
        item.insert("applied".into(), json(applied).map_err(Unavailable::while_doing(doing))?);
        match self.table.put_if_at(item, seen.0, doing).await? {
            None => Ok(true),
            // A try that was made, and whose answer was lost, finds itself. Nobody else has this revision.
            Some(found) => Ok(read_number(&found, "rev").is_ok_and(|rev: u64| rev == message.rev.0)),
        }
    }

    async fn record_change(&self, room: &RoomName, mark: ChangeRecord) -> Result<()> {
        let Key { pk, sk } = Key::new(room_partition(room), mark_sk(mark.rev.0));
        let mut stored =
            item([("pk", text(pk)), ("sk", text(sk)), ("rev", number(mark.rev.0)), ("at", number(mark.at.0))]);
        if let Some(seq) = mark.seq {
            stored.insert("seq".into(), number(seq.0));
        }
        // Its message is older, so it goes first: a mark is there for as long as anybody can ask about its message.
        self.expire(&mut stored, mark.at);
        self.table.put(stored, "marking a revision").await
    }

    async fn changes_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChangeRecord>> {
        let Some(oldest) = rev.0.checked_add(1) else { return Ok(Vec::new()) };
        let stretch = Stretch { room, sk: mark_sk, oldest, newest: u64::MAX, direction: Direction::OldestFirst };
        self.kept_of(stretch, limit, to_mark, "reading what changed").await
    }

    async fn newest_changes(&self, room: &RoomName, limit: usize) -> Result<Vec<ChangeRecord>> {
        let stretch = Stretch { room, sk: mark_sk, oldest: 0, newest: u64::MAX, direction: Direction::NewestFirst };
        let mut marks = self.kept_of(stretch, limit, to_mark, "reading what changed last").await?;
        marks.reverse();
        Ok(marks)
    }
}

/// A stretch of a room's messages or marks, both ends included.
struct Stretch<'a> {
    room: &'a RoomName,
    /// The sort key of a number.
    sk: fn(u64) -> String,
    oldest: u64,
    newest: u64,
    direction: Direction,
}

enum Direction {
    OldestFirst,
    NewestFirst,
}

/// What a query may meet behind something that has expired.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expired {
    /// What is kept and what is not.
    StandsAnywhere,
    /// Only what is older still, so nobody has to look there.
    IsFollowedByOlder,
}

impl DynamoMessages {
    pub(crate) fn new(table: Table, retention: Option<Duration>, clock: Arc<dyn Clock>) -> Self {
        Self { table, retention, clock }
    }

    /// What was given up, and holds still.
    async fn given_up(&self, message_key: &MessageKey, doing: &'static str) -> Result<Option<IdempotencyRecord>> {
        let found = self.table.get(given_up_key(message_key), doing).await?.filter(|item| !self.has_expired(item));
        found.as_ref().map(to_claim).transpose().map_err(Unavailable::while_doing(doing))
    }

    /// Claims a place in the stead of a claim that is not among its author's, since it was given up or has expired.
    async fn claim_anew(
        &self,
        message_key: &MessageKey,
        held: IdempotencyRecord,
        fresh: IdempotencyRecord,
        doing: &'static str,
    ) -> Result<IdempotencyRecord> {
        match self.given_up(message_key, doing).await? {
            Some(other) if other != held => return Ok(other),
            Some(_) => self.table.delete_if_at(given_up_key(message_key), held.rev.0, doing).await?,
            None => {}
        }
        self.reserve(message_key, fresh).await
    }

    /// Reads up to `limit` of what stands in a stretch, without what has expired.
    async fn kept_of<T>(
        &self,
        Stretch { room, sk, oldest, newest, direction }: Stretch<'_>,
        limit: usize,
        one: impl Fn(&Item) -> std::result::Result<T, Malformed>,
        doing: &'static str,
    ) -> Result<Vec<T>> {
        let query = self
            .table
            .querying(&room_partition(room))
            .key_condition_expression("pk = :pk AND sk BETWEEN :oldest AND :newest")
            .expression_attribute_values(":oldest", text(sk(oldest)))
            .expression_attribute_values(":newest", text(sk(newest)));
        let (forward, expired) = match direction {
            Direction::OldestFirst => (true, Expired::StandsAnywhere),
            Direction::NewestFirst => (false, Expired::IsFollowedByOlder),
        };
        self.kept(query.scan_index_forward(forward), limit, expired, one, doing).await
    }

    /// Reads up to `limit` of what a query finds, without what has expired. It goes on until it has them, or there can be no
    /// more: an answer that is too short would tell the reader that it has everything.
    async fn kept<T>(
        &self,
        query: QueryFluentBuilder,
        limit: usize,
        expired: Expired,
        one: impl Fn(&Item) -> std::result::Result<T, Malformed>,
        doing: &'static str,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        // Just what is asked for, at first. Where that meets expired messages, whole pages are the fastest way past.
        let mut page_limit = Some(i32::try_from(limit).unwrap_or(i32::MAX));
        let mut start = query.get_exclusive_start_key().clone();
        for _ in 0..PAGES {
            if found.len() >= limit {
                break;
            }
            let page = query.clone().set_limit(page_limit).set_exclusive_start_key(start);
            let page = page.send().await.map_err(self.table.failed(doing))?;
            let mut items = page.items.unwrap_or_default();
            let read = items.len();
            items.retain(|item| self.is_kept(item));
            found.extend(read_all(&items, &one));
            start = page.last_evaluated_key;
            if items.len() < read {
                page_limit = None;
                if expired == Expired::IsFollowedByOlder {
                    start = None;
                }
            }
            if start.is_none() {
                break;
            }
        }
        if found.len() < limit && start.is_some() {
            return Err(Unavailable { doing, cause: format!("more than {PAGES} pages that have expired") });
        }
        found.truncate(limit);
        Ok(found)
    }

    /// Whether something is there for readers. Its own end was set when it was stored; where what is kept is kept for less
    /// time by now, that counts.
    fn is_kept(&self, item: &Item) -> bool {
        let from = read_number(item, "sentAt").or_else(|_| read_number(item, "at")).map(Timestamp);
        let end = from.ok().and_then(|from| self.end_of(from));
        !self.has_expired(item) && end.is_none_or(|end| self.clock.now().0 / 1000 < end)
    }

    fn has_expired(&self, item: &Item) -> bool {
        read_number::<u64>(item, "expires").is_ok_and(|expires| expires <= self.clock.now().0 / 1000)
    }

    fn to_item(&self, room: &RoomName, message: &ChatMessage, doing: &'static str) -> Result<Item> {
        let Key { pk, sk } = message_key(room, message.seq);
        let mut stored = item([
            ("pk", text(pk)),
            ("sk", text(sk)),
            ("seq", number(message.seq.0)),
            ("rev", number(message.rev.0)),
            ("authorId", text(&message.author.id)),
            ("authorName", text(&message.author.name)),
            ("nonce", text(&message.nonce)),
            ("sentAt", number(message.sent_at.0)),
        ]);
        if let Some(said) = &message.text {
            stored.insert("text".into(), text(said));
        }
        // As JSON, as it travels: nothing in the table is ever asked about a part of it.
        let parts = [
            ("image", message.image.as_ref().map(json)),
            ("replyTo", message.reply_to.as_ref().map(json)),
            ("mentions", (!message.mentions.is_empty()).then(|| json(&message.mentions))),
            ("reactions", (!message.reactions.is_empty()).then(|| json(&message.reactions))),
        ];
        for (name, part) in parts {
            if let Some(part) = part.transpose().map_err(Unavailable::while_doing(doing))? {
                stored.insert(name.into(), part);
            }
        }
        if let Some(at) = message.edited_at {
            stored.insert("editedAt".into(), number(at.0));
        }
        if message.author.moderator {
            stored.insert("authorModerator".into(), number(1));
        }
        if message.deleted {
            stored.insert("deleted".into(), number(1));
        }
        self.expire(&mut stored, message.sent_at);
        Ok(stored)
    }

    fn expire(&self, stored: &mut Item, from: Timestamp) {
        if let Some(end) = self.end_of(from) {
            stored.insert("expires".into(), number(end));
        }
    }

    /// When what is of that time has been kept long enough, in seconds.
    fn end_of(&self, from: Timestamp) -> Option<u64> {
        self.retention.map(|retention| from.0 / 1000 + retention.as_secs())
    }
}

fn room_partition(room: &RoomName) -> String {
    format!("room#{room}")
}

fn message_key(room: &RoomName, seq: Seq) -> Key {
    Key::new(room_partition(room), message_sk(seq.0))
}

/// Twenty digits hold every `u64`, so that the order of the texts is the order of the numbers.
fn message_sk(seq: u64) -> String {
    format!("m#{seq:020}")
}

fn mark_sk(rev: u64) -> String {
    format!("c#{rev:020}")
}

/// Claims are also the list of what somebody wrote, and cost no write more for it.
fn claim_key(message_key: &MessageKey) -> Key {
    Key::new(author_partition(&message_key.author), claim_sk(message_key))
}

fn author_partition(author: &PersonId) -> String {
    format!("n#{author}")
}

/// Out of their author's list, which is read from its beginning each time something more of it is forgotten.
fn given_up_key(message_key: &MessageKey) -> Key {
    Key::new(format!("given-up#{}", message_key.author), claim_sk(message_key))
}

/// Neither part can hold a `#`, so that no two identities share a key.
fn claim_sk(message_key: &MessageKey) -> String {
    format!("{}#{}", message_key.room, message_key.nonce)
}

fn to_identity(author: &PersonId, item: &Item) -> std::result::Result<MessageKey, Malformed> {
    let parts = |sk: &str| {
        let (room, nonce) = sk.split_once('#')?;
        Some(MessageKey { room: room.parse().ok()?, author: author.clone(), nonce: nonce.parse().ok()? })
    };
    read_parsed(item, "sk", parts)
}

fn to_claim(item: &Item) -> std::result::Result<IdempotencyRecord, Malformed> {
    Ok(IdempotencyRecord { rev: Rev(read_number(item, "rev")?), at: Timestamp(read_number(item, "at")?) })
}

fn to_mark(item: &Item) -> std::result::Result<ChangeRecord, Malformed> {
    let seq = read_optional_number(item, "seq")?.map(Seq);
    Ok(ChangeRecord { rev: Rev(read_number(item, "rev")?), at: Timestamp(read_number(item, "at")?), seq })
}

fn to_stored(item: &Item) -> std::result::Result<StoredMessage, Malformed> {
    let applied = read_optional(item, "applied", |json| serde_json::from_str(json).ok())?;
    Ok(StoredMessage { message: to_message(item)?, applied: applied.unwrap_or_default() })
}

fn to_message(item: &Item) -> std::result::Result<ChatMessage, Malformed> {
    let moderator = item.contains_key("authorModerator");
    Ok(ChatMessage {
        seq: Seq(read_number(item, "seq")?),
        rev: Rev(read_number(item, "rev")?),
        author: Person { id: read(item, "authorId")?, name: read(item, "authorName")?, moderator },
        nonce: read(item, "nonce")?,
        text: read_optional(item, "text", |text| text.parse().ok())?,
        html: None,
        image: read_optional(item, "image", |json| serde_json::from_str(json).ok())?,
        reply_to: read_optional(item, "replyTo", |json| serde_json::from_str(json).ok())?,
        mentions: read_optional(item, "mentions", |json| serde_json::from_str(json).ok())?.unwrap_or_default(),
        sent_at: Timestamp(read_number(item, "sentAt")?),
        edited_at: read_optional_number(item, "editedAt")?.map(Timestamp),
        deleted: item.contains_key("deleted"),
        reactions: read_optional(item, "reactions", |json| serde_json::from_str(json).ok())?.unwrap_or_default(),
    })
}
