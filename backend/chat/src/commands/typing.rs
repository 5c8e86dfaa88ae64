//! `typing`: tells a small room that the sender is writing. Has no reply.

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// For whom the command is, and what it counts against.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::NotMuted, rate_bucket: Some(RateBucket::Signal) };

pub(super) async fn run(handler: &FrameHandler, speaker: &Connection) -> Reply {
    handler.broadcast.typing(speaker).await?;
    Ok(None)
}
