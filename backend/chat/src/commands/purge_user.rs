//! `clear`: erases a batch of a person's messages. With the last one it removes their profile. Replies with `cleared`, which says whether some are left.

use shared_types::{PersonId, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Moderator, rate_bucket: None };

pub(super) async fn run(handler: &FrameHandler, moderator: &Connection, person: PersonId) -> Reply {
    handler.moderation.purge_user(&moderator.person, &person).await?;
    let (count, more) = handler.erase_batch(&person).await?;
    if !more {
        handler.remove_profile(&person).await?;
    }
    Ok(Some(ServerMessage::UserPurged { person, count, more }))
}
