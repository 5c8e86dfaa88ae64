//! `audit`: replies with entries of the audit log, newest first. Entries of private rooms are left out, except those of the room in
//! which the moderator is.

use shared_types::Timestamp;

use super::{CommandSpec, FrameHandler, Reply};
use crate::{moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Moderator, rate_bucket: None };

pub(super) async fn run(handler: &FrameHandler, moderator: &Connection, before: Option<Timestamp>) -> Reply {
    Ok(Some(handler.moderation.audit(&moderator.person, &moderator.room, before).await?))
}
