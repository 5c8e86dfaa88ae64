//! `ban`: keeps a person and the addresses they come from out for a time, or lets them in again. Replies with `standing`.

use futures::future::{join, join_all};
use shared_types::{PersonId, Restrictions, Seconds, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    moderation::{actions::RestrictionOutcome, posting_policy::Permission},
    ports::connections::Connection,
};

/// For whom the command is, and what it counts against.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Moderator, rate_bucket: None };

pub(super) async fn run(handler: &FrameHandler, moderator: &Connection, person: PersonId, seconds: Seconds) -> Reply {
    let outcome = handler.moderation.ban(&moderator.person, person.clone(), seconds).await?;
    let RestrictionOutcome { restrictions, mut connections, same_address_connections } = outcome;
    let reply = ServerMessage::Restrictions { person, restrictions };
    // The others at the address are told of the ban alone: a mute is about the person.
    let of_others = Restrictions { muted_until: None, ..restrictions };
    let others_told = same_address_connections.iter().map(|Connection { id, person, .. }| async move {
        let message = ServerMessage::Restrictions { person: person.id.clone(), restrictions: of_others };
        handler.broadcast.to_one(id, &message).await;
    });
    join(handler.broadcast.to_connections(&connections, &reply), join_all(others_told)).await;
    if restrictions.banned_until.is_some() {
        connections.extend(same_address_connections);
        handler.broadcast.close(&connections).await?;
    }
    Ok(Some(reply))
}
