//! The index of replies in threads, and the summary of a thread in the item of the message that began it.
//!
//! A summary has a version, in two attributes of numbers. Both a change of the message and an update of the summary have the version as a
//! condition, so that neither overwrites the other.

use chat::ports::{
    Result, Unavailable,
    messages::{ThreadVersion, version_of},
};
use shared_types::{ChatMessage, Rev, RoomName, Seq, ThreadSummary};

use super::{
    DynamoMessages,
    items::{REPLIES_COUNT, REPLIES_REV, message_key, reply_sk, room_partition, to_reply},
    query::Expired,
};
use crate::{
    item::{Item, item, json, number, text},
    table::Update,
};

/// The condition that a message has the version of a summary that the values `:seenRev` and `:seenCount` name.
const SAME_VERSION: &str = "#repliesRev = :seenRev AND #repliesCount = :seenCount";

/// The condition that a message has no summary.
const NO_SUMMARY: &str = "attribute_not_exists(#repliesRev)";

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
        let version = version_of(summary);
        let put = self
            .table
            .putting(changed)
            .condition_expression(format!("#rev = :seen AND {}", condition(version)))
            .expression_attribute_names("#rev", "rev")
            .expression_attribute_names("#repliesRev", REPLIES_REV)
            .expression_attribute_values(":seen", number(seen.0));
        let put = match version {
            None => put,
            Some((rev, count)) => put
                .expression_attribute_names("#repliesCount", REPLIES_COUNT)
                .expression_attribute_values(":seenRev", number(rev.0))
                .expression_attribute_values(":seenCount", number(count.into())),
        };
        Ok(self.table.try_put(put, "changing a message").await?.map(Option::unwrap_or_default))
    }

    pub(super) async fn replace_summary(
        &self,
        room: &RoomName,
        root: Seq,
        seen: Option<&ThreadSummary>,
        summary: &ThreadSummary,
    ) -> Result<bool> {
        let (doing, version) = ("updating the summary of a thread", version_of(seen));
        let replies = json(summary).map_err(Unavailable::while_doing(doing))?;
        let update = self
            .table
            .updating(message_key(room, root))
            .update_expression("SET replies = :summary, #repliesRev = :rev, #repliesCount = :count")
            .condition_expression(format!("attribute_exists(pk) AND {}", condition(version)))
            .expression_attribute_names("#repliesRev", REPLIES_REV)
            .expression_attribute_names("#repliesCount", REPLIES_COUNT)
            .expression_attribute_values(":summary", replies.clone())
            .expression_attribute_values(":rev", number(summary.rev.0))
            .expression_attribute_values(":count", number(summary.count.into()));
        let update = match version {
            None => update,
            Some((rev, count)) => update
                .expression_attribute_values(":seenRev", number(rev.0))
                .expression_attribute_values(":seenCount", number(count.into())),
        };
        Ok(match self.table.try_update(update, doing).await? {
            Update::Made(_) => true,
            // An attempt whose answer was lost finds its own write.
            Update::Refused(found) => found.is_some_and(|found| found.get("replies") == Some(&replies)),
        })
    }
}

fn condition(version: ThreadVersion) -> &'static str {
    match version {
        None => NO_SUMMARY,
        Some(_) => SAME_VERSION,
    }
}
