//! The index of replies in threads, and the summary of a thread in the item of the message that began it.
//!
//! A summary has a version, in three attributes of numbers. Both a change of the message and an update of the summary have the version as a
//! condition, so that neither overwrites the other.

use aws_sdk_dynamodb::types::AttributeValue;
use chat::ports::{
    Result, Unavailable,
    messages::{ThreadVersion, version_of},
};
use shared_types::{ChatMessage, Rev, RoomName, Seq, ThreadSummary};

use super::{
    DynamoMessages,
    items::{REPLIES_COUNT, REPLIES_REV, REPLIES_VERSION, message_key, reply_sk, room_partition, to_reply},
    query::Expired,
};
use crate::{
    item::{Item, item, json, number, text},
    table::Update,
};

impl DynamoMessages {
    /// Writes the entry of a reply in the index.
    pub(crate) async fn index_reply(&self, room: &RoomName, root: Seq, reply: &ChatMessage) -> Result<()> {
        let mut stored = item([
            ("pk", text(room_partition(room))),
            ("sk", text(reply_sk(root, reply.seq.0))),
            ("seq", number(reply.seq.0)),
            ("at", number(reply.sent_at.0)),
        ]);
        self.expire(&mut stored, reply.sent_at);
        self.table.put(stored, "indexing a reply").await
    }

    pub(super) async fn replies_before(
        &self,
        room: &RoomName,
        root: Seq,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<Seq>> {
        let newest = match before {
            None => u64::MAX,
            Some(Seq(0)) => return Ok(Vec::new()),
            Some(Seq(seq)) => seq - 1,
        };
        let query = self
            .table
            .querying(&room_partition(room))
            .key_condition_expression("pk = :pk AND sk BETWEEN :oldest AND :newest")
            .expression_attribute_values(":oldest", text(reply_sk(root, 0)))
            .expression_attribute_values(":newest", text(reply_sk(root, newest)))
            .scan_index_forward(false);
        let doing = "reading the replies of a thread";
        let mut replies = self.kept(query, limit, Expired::IsFollowedByOlder, to_reply, doing).await?;
        replies.reverse();
        Ok(replies)
    }

    /// Puts the item of a message if the stored one has the revision and the version of the summary that were seen. Returns `None` if it
    /// did. Otherwise it returns the stored item, which has no attributes if there is none.
    pub(super) async fn replace_as_seen(
        &self,
        changed: Item,
        seen: Rev,
        summary: Option<&ThreadSummary>,
    ) -> Result<Option<Item>> {
        let put = self
            .table
            .putting(changed)
            .expression_attribute_names("#rev", "rev")
            .expression_attribute_values(":seen", number(seen.0));
        let (expression, values) = condition(summary);
        let put = put.condition_expression(format!("#rev = :seen AND {expression}"));
        let put = values.into_iter().fold(put, |put, (name, value)| put.expression_attribute_values(name, value));
        Ok(self.table.try_put(put, "changing a message").await?.map(Option::unwrap_or_default))
    }

    pub(super) async fn replace_summary(
        &self,
        room: &RoomName,
        root: Seq,
        seen: Option<&ThreadSummary>,
        summary: &ThreadSummary,
    ) -> Result<bool> {
        let doing = "updating the summary of a thread";
        let replies = json(summary).map_err(Unavailable::while_doing(doing))?;
        let update = self
            .table
            .updating(message_key(room, root))
            .update_expression(format!(
                "SET replies = :summary, {REPLIES_REV} = :rev, {REPLIES_COUNT} = :count, {REPLIES_VERSION} = :version"
            ))
            .expression_attribute_values(":summary", replies.clone())
            .expression_attribute_values(":rev", number(summary.rev.0))
            .expression_attribute_values(":count", number(summary.count.into()))
            .expression_attribute_values(":version", number(summary.version.unwrap_or_default().into()));
        let (expression, values) = condition(seen);
        let update = update.condition_expression(format!("attribute_exists(pk) AND {expression}"));
        let update =
            values.into_iter().fold(update, |update, (name, value)| update.expression_attribute_values(name, value));
        Ok(match self.table.try_update(update, doing).await? {
            Update::Made(_) => true,
            // An attempt whose answer was lost finds its own write.
            Update::Refused(found) => found.is_some_and(|found| found.get("replies") == Some(&replies)),
        })
    }
}

/// Returns the condition that the item of a message has the version of a summary that was seen, with its values. The number of the update
/// is not compared if the seen one has none: an earlier version of the functions made it, and left the attribute as it was.
fn condition(seen: Option<&ThreadSummary>) -> (String, Vec<(&'static str, AttributeValue)>) {
    let Some(ThreadVersion { rev, count, update }) = version_of(seen) else {
        return (format!("attribute_not_exists({REPLIES_REV})"), Vec::new());
    };
    let mut expression = format!("{REPLIES_REV} = :seenRev AND {REPLIES_COUNT} = :seenCount");
    let mut values = vec![(":seenRev", number(rev.0)), (":seenCount", number(count.into()))];
    if let Some(update) = update {
        expression.push_str(&format!(" AND {REPLIES_VERSION} = :seenVersion"));
        values.push((":seenVersion", number(update.into())));
    }
    (expression, values)
}
