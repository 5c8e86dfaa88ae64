//! `roles`: replies with the people who have a role, and with name and icon of the chat.

use shared_types::ServerMessage;

use super::{CommandSpec, FrameHandler, Reply};
use crate::{moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Moderator, rate_bucket: None };

pub(super) async fn run(handler: &FrameHandler, owner: &Connection) -> Reply {
    let identity = async { Ok(handler.posting_policy.restriction_store.moderation.identity().await?) };
    let (people, chat) = futures::try_join!(handler.moderation.roles(&owner.person), identity)?;
    Ok(Some(ServerMessage::Roles { people, chat }))
}
