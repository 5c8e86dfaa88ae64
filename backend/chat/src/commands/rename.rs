//! `rename`: gives the sender another name. Replies with `welcome`.

use shared_types::{AccessMode, PersonName};

use super::{CommandSpec, FrameHandler, Reply, error::CommandError};
use crate::{
    access::{confusable_name::reject_confusable, rate_limit::RateBucket},
    moderation::posting_policy::Permission,
    ports::connections::Connection,
};

/// For whom the command is, and what it counts against.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::NotMuted, rate_bucket: Some(RateBucket::Signal) };

pub(super) async fn run(handler: &FrameHandler, speaker: &Connection, name: &PersonName) -> Reply {
    // With OpenID Connect the provider says what people are called.
    if handler.access == AccessMode::Oidc {
        return Err(CommandError::NotAllowed);
    }
    reject_confusable(name)?;
    let Some(renamed) = handler.broadcast.connections.rename(&speaker.id, name).await? else {
        // The socket closed meanwhile, so there is no one to answer.
        return Ok(None);
    };
    let (people, rules) = futures::try_join!(
        handler.broadcast.renamed(&renamed, &speaker.person.name),
        handler.posting_policy.restriction_store.rules(&speaker.room)
    )?;
    handler.welcome(&renamed, people, rules).await;
    Ok(None)
}
