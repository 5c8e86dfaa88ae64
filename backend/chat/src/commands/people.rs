//! `people`: replies with who is in the room.

use shared_types::Action;

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// For whom the command is, and what it counts against.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::People)) };

pub(super) async fn run(handler: &FrameHandler, speaker: &Connection) -> Reply {
    Ok(Some(handler.broadcast.present(&speaker.room).await?.into()))
}
