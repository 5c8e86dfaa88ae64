//! `people`: replies with the people who are in the room.

use shared_types::Action;

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::People)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection) -> Reply {
    Ok(Some(handler.broadcast.present(&sender.room).await?.into()))
}
