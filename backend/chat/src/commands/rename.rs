//! `rename`: changes the sender's name. Replies with `welcome`. Where names are unique, the name of another person in the room is refused.

use shared_types::{AccessMode, PersonName};

use super::{CommandSpec, FrameHandler, Reply, error::CommandError};
use crate::{
    access::{
        confusable_name::{compared_name, normalized_name, reject_confusable},
        rate_limit::RateBucket,
    },
    moderation::posting_policy::Permission,
    ports::connections::Connection,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::NotMuted, rate_bucket: Some(RateBucket::Signal) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, name: &PersonName) -> Reply {
    // With OpenID Connect the provider sets the names.
    if handler.access == AccessMode::Oidc {
        return Err(CommandError::NotAllowed);
    }
    reject_confusable(name)?;
    let name = normalized_name(name);
    let unique_names = handler.unique_names();
    let is_claimed = unique_names.are_wanted().await? && compared_name(&name) != compared_name(&sender.person.name);
    // A refused name is not even stored for a moment.
    if is_claimed && unique_names.is_taken(&name, sender).await? {
        return Err(CommandError::NameTaken);
    }
    let Some(renamed) = handler.broadcast.connections.rename(&sender.id, &name).await? else {
        // The socket closed meanwhile: there is no connection to reply to.
        return Ok(None);
    };
    // Somebody else may have taken the name at the same time.
    if is_claimed && unique_names.is_taken(&name, &renamed).await? {
        if let Some(restored) = handler.broadcast.connections.rename(&sender.id, &sender.person.name).await? {
            unique_names.claim(restored).await?;
        }
        return Err(CommandError::NameTaken);
    }
    let (people, settings, shown) = futures::join!(
        handler.broadcast.renamed(&renamed, &sender.person.name),
        handler.settings_for(&renamed),
        handler.rename_in_direct_messages(&renamed)
    );
    if let Err(error) = shown {
        tracing::warn!(%error, "storing a name in direct messages failed; it is stored when the person enters them");
    }
    let (people, settings) = (people?, settings?);
    handler.welcome(&renamed, people, settings, None).await;
    Ok(None)
}
