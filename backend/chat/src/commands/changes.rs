//! `changes`: replies with the changes in the room after a revision.

use shared_types::{Action, Rev};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Changes)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, after: Rev) -> Reply {
    Ok(Some(handler.catch_up.changes(&sender.room, after, &sender.into()).await?))
}
