//! `mute`: mutes a person in all rooms for a time, or lifts the mute. Replies with `standing`.

use shared_types::{PersonId, Seconds, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    moderation::{actions::RestrictionOutcome, posting_policy::Permission},
    ports::connections::Connection,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Moderator, rate_bucket: None };

pub(super) async fn run(handler: &FrameHandler, moderator: &Connection, person: PersonId, seconds: Seconds) -> Reply {
    let outcome = handler.moderation.mute(&moderator.person, person.clone(), seconds).await?;
    let RestrictionOutcome { restrictions, connections, .. } = outcome;
    let reply = ServerMessage::Restrictions { person, restrictions };
    handler.broadcast.to_connections(&connections, &reply).await;
    Ok(Some(reply))
}
