//! `role`: gives a person a role in the whole chat, or takes it. Replies with `role`.

use shared_types::{PersonId, Role, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Moderator, rate_bucket: None };

pub(super) async fn run(handler: &FrameHandler, owner: &Connection, person: PersonId, role: Role) -> Reply {
    let connections = handler.moderation.set_role(&owner.person, &person, role).await?;
    let is_configured = handler.posting_policy.restriction_store.is_configured_moderator(&person);
    let by_connection = connections.iter().any(|connection| connection.person.moderator);
    let moderator = role.moderates() || is_configured || by_connection;
    let reply = ServerMessage::Role { person, role, moderator };
    let others = connections.into_iter().filter(|connection| connection.id != owner.id).collect::<Vec<_>>();
    handler.broadcast.to_connections(&others, &reply).await;
    Ok(Some(reply))
}
