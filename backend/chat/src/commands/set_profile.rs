//! `setProfile`: replaces the profile of the sender. Replies with `profiles`.

use super::{CommandSpec, FrameHandler, Reply, error::CommandError};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::NotMuted, rate_bucket: Some(RateBucket::Change) };

pub(super) async fn run(_handler: &FrameHandler, _sender: &Connection) -> Reply {
    Err(CommandError::NotAllowed)
}
