//! Usage figures of the chat, for its owners.

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{Timestamp, server_message::is_false};

/// What happened in the open rooms on one day (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct UsageDay {
    /// The beginning of the day on which it was counted.
    pub day: Timestamp,
    /// Number of revisions that were taken: messages, and their edits, deletions and reactions.
    pub changes: u64,
    /// The most connections that were open when it was counted.
    pub connections: u32,
}

/// Bytes that a chat stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct StorageSize {
    /// Messages, and what is stored with them; absent if it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<u64>,
    /// Images; absent if it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<u64>,
    /// Whether there are more images than were counted.
    #[serde(default, skip_serializing_if = "is_false")]
    pub more_images: bool,
}

/// Usage figures of the chat.
#[derive(Clone, Debug, Default, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// The days, oldest first; at most [`crate::limits::USAGE_DAYS`].
    pub days: Vec<UsageDay>,
    /// When the days and the storage were counted the last time; absent before the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_at: Option<Timestamp>,
    /// The stored bytes at that time.
    pub storage: StorageSize,
    /// Number of connections that are open now.
    pub connections: u32,
    /// What a month of such days costs on AWS, estimated, in cents of a US dollar; absent before there is a whole day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_cents: Option<u64>,
}
