//! `usage`: replies with usage figures of the chat.

use shared_types::ServerMessage;

use super::{CommandSpec, FrameHandler, Reply};
use crate::{moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Moderator, rate_bucket: None };

pub(super) async fn run(handler: &FrameHandler, owner: &Connection) -> Reply {
    handler.moderation.owners_only(&owner.person).await?;
    Ok(Some(ServerMessage::Usage { usage: handler.usage.usage().await? }))
}
