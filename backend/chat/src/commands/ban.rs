//! `ban`: bans a person and their addresses for a time, or lifts the ban. Replies with `standing`.

use futures::future::{join, join_all};
use shared_types::{PersonId, Restrictions, Seconds, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    moderation::{actions::RestrictionOutcome, posting_policy::Permission},
    ports::connections::Connection,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Moderator, rate_bucket: None };

pub(super) async fn run(handler: &FrameHandler, moderator: &Connection, person: PersonId, seconds: Seconds) -> Reply {
    let outcome = handler.moderation.ban(&moderator.person, person.clone(), seconds).await?;
    let RestrictionOutcome { restrictions, mut connections, same_address_connections } = outcome;
    let reply = ServerMessage::Restrictions { person, restrictions };
    // Other people at the address are told about the ban only: a mute is about the person.
    let ban_only = Restrictions { muted_until: None, ..restrictions };
    let notices = same_address_connections.iter().map(|Connection { id, person, .. }| async move {
        let message = ServerMessage::Restrictions { person: person.id.clone(), restrictions: ban_only };
        handler.broadcast.to_one(id, &message).await;
    });
    join(handler.broadcast.to_connections(&connections, &reply), join_all(notices)).await;
    if restrictions.banned_until.is_some() {
        connections.extend(same_address_connections);
        handler.broadcast.close(&connections).await?;
    }
    Ok(Some(reply))
}
