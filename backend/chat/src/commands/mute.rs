//! `mute`: forbids a person to write in any room for a time, or allows it again. Replies with `standing`.

use shared_types::{PersonId, Seconds, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    moderation::{actions::RestrictionOutcome, posting_policy::Permission},
    ports::connections::Connection,
};

/// For whom the command is, and what it counts against.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Moderator, rate_bucket: None };

pub(super) async fn run(handler: &FrameHandler, moderator: &Connection, person: PersonId, seconds: Seconds) -> Reply {
    let outcome = handler.moderation.mute(&moderator.person, person.clone(), seconds).await?;
    let RestrictionOutcome { restrictions, connections, .. } = outcome;
    let reply = ServerMessage::Restrictions { person, restrictions };
    handler.broadcast.to_connections(&connections, &reply).await;
    Ok(Some(reply))
}
