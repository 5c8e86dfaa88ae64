//! `members`: replies with the members of the private room.

use shared_types::{Action, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Members)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection) -> Reply {
    Ok(Some(ServerMessage::Members { people: handler.membership.list(&sender.room).await? }))
}
