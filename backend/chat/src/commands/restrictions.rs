//! `standing`: replies with the restrictions of a person.

use shared_types::PersonId;

use super::{CommandSpec, FrameHandler, Reply};
use crate::{moderation::posting_policy::Permission, ports::connections::Connection};

/// For whom the command is, and what it counts against.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Moderator, rate_bucket: None };

pub(super) async fn run(handler: &FrameHandler, moderator: &Connection, person: PersonId) -> Reply {
    Ok(Some(handler.moderation.restrictions(&moderator.person, person).await?))
}
