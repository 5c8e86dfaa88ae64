//! `chat`: replaces name and icon of the chat, and switches unique names. Replies with `chat`.

use shared_types::{ChatIdentity, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{content::emoji::canonical, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Moderator, rate_bucket: None };

pub(super) async fn run(handler: &FrameHandler, owner: &Connection, chat: ChatIdentity) -> Reply {
    let icon = chat.icon.as_ref().map(canonical).transpose()?;
    let chat = handler.moderation.set_identity(&owner.person, ChatIdentity { icon, ..chat }).await?;
    Ok(Some(ServerMessage::Identity { chat }))
}
