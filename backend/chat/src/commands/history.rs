//! `history`: replies with a page of messages before, after or around a message.

use shared_types::{Action, HistoryRange};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// For whom the command is, and what it counts against.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::History)) };

pub(super) async fn run(handler: &FrameHandler, speaker: &Connection, range: HistoryRange) -> Reply {
    Ok(Some(handler.catch_up.history(&speaker.room, range).await?))
}
