//! `standing`: replies with the restrictions of a person.

use shared_types::PersonId;

use super::{CommandSpec, FrameHandler, Reply};
use crate::{moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Moderator, rate_bucket: None };

pub(super) async fn run(handler: &FrameHandler, moderator: &Connection, person: PersonId) -> Reply {
    Ok(Some(handler.moderation.restrictions(&moderator.person, person).await?))
}
