//! `history`: replies with a page of messages before, after or around a message.

use shared_types::{Action, HistoryRange};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::History)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, range: HistoryRange) -> Reply {
    Ok(Some(handler.catch_up.history(&sender.room, range, &sender.into()).await?))
}
