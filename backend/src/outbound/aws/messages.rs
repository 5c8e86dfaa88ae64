//! The log of every room, in DynamoDB.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use aws_sdk_dynamodb::types::ReturnValue;
use shared_types::{ChatMessage, Person, PersonId, Rev, RoomName, Seq, Timestamp};

use super::{
    item::{Item, Malformed, item, number, read, read_all, read_number, read_optional, read_parsed, text},
    table::{Key, Table, Update},
};
use crate::ports::{Claim, Clock, Identity, Mark, Messages, Result, Stored, Unavailable};

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

    async fn claim(&self, identity: &Identity, claim: Claim) -> Result<Claim> {
        let doing = "claiming a place for a message";
        let Key { pk, sk } = claim_key(identity);
        let mut fresh =
            item([("pk", text(pk)), ("sk", text(sk)), ("rev", number(claim.rev.0)), ("at", number(claim.at.0))]);
        // As long as its message: a retry finds it for as long as there is something to find.
        self.expire(&mut fresh, claim.at);
        match self.table.put_if_absent(fresh, doing).await? {
            None => Ok(claim),
            Some(earlier) => to_claim(&earlier).map_err(Unavailable::while_doing(doing)),
        }
    }

    async fn reclaim(&self, identity: &Identity, held: Claim, fresh: Claim) -> Result<Claim> {
        let doing = "claiming a place anew";
        let update = self
            .table
            .updating(claim_key(identity))
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
        match self.table.try_update(update, doing).await? {
            Update::Made(_) => Ok(fresh),
            Update::Refused(Some(other)) => to_claim(&other).map_err(Unavailable::while_doing(doing)),
            // It expired since it was read, so none holds.
            Update::Refused(None) => self.claim(identity, fresh).await,
        }
    }

    async fn claims_of(
        &self,
        author: &PersonId,
        after: Option<&Identity>,
        limit: usize,
    ) -> Result<Vec<(Identity, Claim)>> {
        let doing = "reading what somebody wrote";
        let partition = author_partition(author);
        let query = self
            .table
            .querying(&partition)
            // What was given up goes by itself; until then it is passed over.
            .filter_expression("attribute_not_exists(givenUp)");
        let mut start = after.map(|after| item([("pk", text(&partition)), ("sk", text(claim_sk(after)))]));
        let mut found = Vec::new();
        loop {
            let page = query.clone().set_exclusive_start_key(start).send().await.map_err(self.table.failed(doing))?;
            let mut items = page.items.unwrap_or_default();
            items.retain(|item| self.is_kept(item));
            found.extend(read_all(&items, |item| Ok((to_identity(author, item)?, to_claim(item)?))));
            start = page.last_evaluated_key;
            if found.len() >= limit || start.is_none() {
                found.truncate(limit);
                return Ok(found);
            }
        }
    }

    async fn give_up(&self, identity: &Identity, until: Timestamp) -> Result<()> {
        let update = self
            .table
            .updating(claim_key(identity))
            .update_expression("SET givenUp = :yes, expires = :until")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":yes", number(1))
            .expression_attribute_values(":until", number(until.0 / 1000));
        self.table.try_update(update, "giving up a claim").await.map(drop)
    }

    async fn put(&self, room: &RoomName, message: &ChatMessage) -> Result<ChatMessage> {
        let doing = "storing a message";
        match self.table.put_if_absent(self.to_item(room, message), doing).await? {
            None => Ok(message.clone()),
            Some(earlier) => to_message(&earlier).map_err(Unavailable::while_doing(doing)),
        }
    }

    async fn at(&self, room: &RoomName, seq: Seq) -> Result<Option<Stored>> {
        let doing = "reading a message";
        let found = self.table.get(message_key(room, seq), doing).await?;
        let found = found.filter(|item| self.is_kept(item));
        found.as_ref().map(to_stored).transpose().map_err(Unavailable::while_doing(doing))
    }

    async fn before(&self, room: &RoomName, before: Option<Seq>, limit: usize) -> Result<Vec<ChatMessage>> {
        let newest = match before {
            None => u64::MAX,
            Some(Seq(0)) => return Ok(Vec::new()),
            Some(Seq(seq)) => seq - 1,
        };
        let stretch = Stretch { room, sk: message_sk, oldest: 0, newest, direction: Direction::NewestFirst };
        let mut messages = self.kept(stretch, limit, to_message, "reading a page of messages").await?;
        messages.reverse();
        Ok(messages)
    }

    async fn born_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChatMessage>> {
        let Some(oldest) = rev.0.checked_add(1) else { return Ok(Vec::new()) };
        let stretch = Stretch { room, sk: message_sk, oldest, newest: u64::MAX, direction: Direction::OldestFirst };
        self.kept(stretch, limit, to_message, "reading new messages").await
    }

    async fn replace(&self, room: &RoomName, seen: Rev, changed: &Stored) -> Result<bool> {
        let doing = "changing a message";
        let Stored { message, applied } = changed;
        let mut item = self.to_item(room, message);
        let applied = serde_json::to_string(applied).map_err(Unavailable::while_doing(doing))?;
        item.insert("applied".into(), text(applied));
        match self.table.put_if_at(item, seen.0, doing).await? {
            None => Ok(true),
            // A try that was made, and whose answer was lost, finds itself. Nobody else has this revision.
            Some(found) => Ok(read_number(&found, "rev").is_ok_and(|rev: u64| rev == message.rev.0)),
        }
    }

    async fn mark(&self, room: &RoomName, mark: Mark) -> Result<()> {
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

    async fn marks_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<Mark>> {
        let Some(oldest) = rev.0.checked_add(1) else { return Ok(Vec::new()) };
        let stretch = Stretch { room, sk: mark_sk, oldest, newest: u64::MAX, direction: Direction::OldestFirst };
        self.kept(stretch, limit, to_mark, "reading what changed").await
    }

    async fn newest_marks(&self, room: &RoomName, limit: usize) -> Result<Vec<Mark>> {
        let stretch = Stretch { room, sk: mark_sk, oldest: 0, newest: u64::MAX, direction: Direction::NewestFirst };
        let mut marks = self.kept(stretch, limit, to_mark, "reading what changed last").await?;
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

impl DynamoMessages {
    pub(super) fn new(table: Table, retention: Option<Duration>, clock: Arc<dyn Clock>) -> Self {
        Self { table, retention, clock }
    }

    /// Reads up to `limit` of a stretch, without what has expired. It goes on until it has them, or there are no more: an
    /// answer that is too short would tell the reader that it has everything.
    async fn kept<T>(
        &self,
        stretch: Stretch<'_>,
        limit: usize,
        one: fn(&Item) -> std::result::Result<T, Malformed>,
        doing: &'static str,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        let query = self
            .table
            .querying(&room_partition(stretch.room))
            .key_condition_expression("pk = :pk AND sk BETWEEN :oldest AND :newest")
            .expression_attribute_values(":oldest", text((stretch.sk)(stretch.oldest)))
            .expression_attribute_values(":newest", text((stretch.sk)(stretch.newest)))
            .scan_index_forward(matches!(stretch.direction, Direction::OldestFirst));
        // Just what is asked for, at first. Where that meets expired messages, whole pages are the fastest way past.
        let mut page_limit = Some(i32::try_from(limit).unwrap_or(i32::MAX));
        let mut start = None;
        for _ in 0..PAGES {
            if found.len() >= limit {
                break;
            }
            let page = query.clone().set_limit(page_limit).set_exclusive_start_key(start);
            let page = page.send().await.map_err(self.table.failed(doing))?;
            let mut items = page.items.unwrap_or_default();
            let read = items.len();
            items.retain(|item| self.is_kept(item));
            if items.len() < read {
                page_limit = None;
            }
            found.extend(read_all(&items, one));
            start = page.last_evaluated_key;
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

    fn is_kept(&self, item: &Item) -> bool {
        let now = self.clock.now().0 / 1000;
        read_number::<u64>(item, "expires").map_or(true, |expires| now < expires)
    }

    fn to_item(&self, room: &RoomName, message: &ChatMessage) -> Item {
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
        if let Some(image) = message.image.as_ref().and_then(|image| serde_json::to_string(image).ok()) {
            stored.insert("image".into(), text(image));
        }
        if let Some(quote) = message.reply_to.as_ref().and_then(|quote| serde_json::to_string(quote).ok()) {
            stored.insert("replyTo".into(), text(quote));
        }
        if !message.mentions.is_empty()
            && let Ok(mentions) = serde_json::to_string(&message.mentions)
        {
            stored.insert("mentions".into(), text(mentions));
        }
        if let Some(at) = message.edited_at {
            stored.insert("editedAt".into(), number(at.0));
        }
        if message.deleted {
            stored.insert("deleted".into(), number(1));
        }
        if !message.reactions.is_empty()
            && let Ok(reactions) = serde_json::to_string(&message.reactions)
        {
            stored.insert("reactions".into(), text(reactions));
        }
        self.expire(&mut stored, message.sent_at);
        stored
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
fn claim_key(identity: &Identity) -> Key {
    Key::new(author_partition(&identity.author), claim_sk(identity))
}

fn author_partition(author: &PersonId) -> String {
    format!("n#{author}")
}

/// Neither part can hold a `#`, so that no two identities share a key.
fn claim_sk(identity: &Identity) -> String {
    format!("{}#{}", identity.room, identity.nonce)
}

fn to_identity(author: &PersonId, item: &Item) -> std::result::Result<Identity, Malformed> {
    let parts = |sk: &str| {
        let (room, nonce) = sk.split_once('#')?;
        Some(Identity { room: room.parse().ok()?, author: author.clone(), nonce: nonce.parse().ok()? })
    };
    read_parsed(item, "sk", parts)
}

fn to_claim(item: &Item) -> std::result::Result<Claim, Malformed> {
    Ok(Claim { rev: Rev(read_number(item, "rev")?), at: Timestamp(read_number(item, "at")?) })
}

fn to_mark(item: &Item) -> std::result::Result<Mark, Malformed> {
    let seq = if item.contains_key("seq") { Some(Seq(read_number(item, "seq")?)) } else { None };
    Ok(Mark { rev: Rev(read_number(item, "rev")?), at: Timestamp(read_number(item, "at")?), seq })
}

fn to_stored(item: &Item) -> std::result::Result<Stored, Malformed> {
    let applied = read_optional(item, "applied", |json| serde_json::from_str(json).ok())?;
    Ok(Stored { message: to_message(item)?, applied: applied.unwrap_or_default() })
}

fn to_message(item: &Item) -> std::result::Result<ChatMessage, Malformed> {
    Ok(ChatMessage {
        seq: Seq(read_number(item, "seq")?),
        rev: Rev(read_number(item, "rev")?),
        author: Person { id: read(item, "authorId")?, name: read(item, "authorName")?, moderator: false },
        nonce: read(item, "nonce")?,
        text: read_optional(item, "text", |text| text.parse().ok())?,
        html: None,
        image: read_optional(item, "image", |json| serde_json::from_str(json).ok())?,
        reply_to: read_optional(item, "replyTo", |json| serde_json::from_str(json).ok())?,
        mentions: read_optional(item, "mentions", |json| serde_json::from_str(json).ok())?.unwrap_or_default(),
        sent_at: Timestamp(read_number(item, "sentAt")?),
        edited_at: read_number(item, "editedAt").ok().map(Timestamp),
        deleted: item.contains_key("deleted"),
        reactions: read_optional(item, "reactions", |json| serde_json::from_str(json).ok())?.unwrap_or_default(),
    })
}
