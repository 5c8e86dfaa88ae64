//! `roles`: replies with the people who have a role, with when they last read something, and with name and icon of the chat.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use shared_types::{LastRead, PersonId, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    moderation::posting_policy::Permission,
    ports::{Result, connections::Connection, read_positions::ReadPositions},
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Moderator, rate_bucket: None };

/// Number of people whose read positions are read at the same time.
const AT_ONCE: usize = 16;

pub(super) async fn run(handler: &FrameHandler, owner: &Connection) -> Reply {
    let identity = async { Ok(handler.posting_policy.restriction_store.moderation.identity().await?) };
    let (people, chat) = futures::try_join!(handler.moderation.roles(&owner.person), identity)?;
    let read = people.iter().map(|entry| last_read(handler.read_positions.clone(), entry.person.clone()));
    let read: Vec<Option<LastRead>> = stream::iter(read.collect::<Vec<_>>()).buffered(AT_ONCE).try_collect().await?;
    Ok(Some(ServerMessage::Roles { people, chat, read: read.into_iter().flatten().collect() }))
}

/// Returns when a person last read something new. Their read positions say it, which are stored anyway.
async fn last_read(positions: Arc<dyn ReadPositions>, person: PersonId) -> Result<Option<LastRead>> {
    let read = positions.positions(&person).await?;
    Ok(read.iter().map(|position| position.at).max().map(|at| LastRead { person, at }))
}
