//! The summary of a thread, which the message that began it has.

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{MessageExcerpt, Person, Rev, Seq, Timestamp};

/// A thread in a list.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct ListedThread {
    /// The message that began it.
    pub seq: Seq,
    /// The beginning of that message; `None` if it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageExcerpt>,
    /// Its replies.
    pub replies: ThreadSummary,
    /// The newest reply that the recipient has seen on any of their devices, if it is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Seq>,
}

/// Number of replies, and the latest of them.
///
/// A client that has newer replies than the summary adds them to it: those for which [`counts`](Self::counts) is false. A reply that it
/// counts and that was deleted by a revision above `rev` is to be subtracted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct ThreadSummary {
    /// Number of replies that are not deleted.
    pub count: u32,
    /// The people who replied last, the last one first; at most [`crate::limits::THREAD_PEOPLE`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Person>,
    /// The latest replies that are counted, in ascending order; at most [`crate::limits::THREAD_RECENT`]. They may be deleted.
    pub recent: Vec<Seq>,
    /// Time of the last reply.
    pub last_at: Timestamp,
    /// The highest revision of a reply or of the deletion of a reply that the summary includes.
    pub rev: Rev,
    /// Replies that are being deleted and may be counted, at most [`crate::limits::THREAD_DELETIONS`]. Only the server uses it.
    #[cfg(feature = "serde")]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deleting: Vec<Seq>,
    /// Number of the update, one higher with each, so that none overwrites another. `None` if an earlier version of the server made it. Only
    /// the server uses it.
    #[cfg(feature = "serde")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
}

impl ThreadSummary {
    /// Returns whether the summary counts a reply, or did before its deletion. Replies that are older than all recent ones count.
    pub fn counts(&self, reply: Seq) -> bool {
        let is_older = self.recent.len() >= crate::limits::THREAD_RECENT
            && self.recent.first().is_some_and(|oldest| reply < *oldest);
        is_older || self.recent.contains(&reply)
    }

    /// Returns the last reply that is counted.
    pub fn last(&self) -> Option<Seq> {
        self.recent.last().copied()
    }
}
