//! `roles`: replies with the people who have a role.

use shared_types::ServerMessage;

use super::{CommandSpec, FrameHandler, Reply};
use crate::{moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Moderator, rate_bucket: None };

pub(super) async fn run(handler: &FrameHandler, owner: &Connection) -> Reply {
    Ok(Some(ServerMessage::Roles { people: handler.moderation.roles(&owner.person).await? }))
}
