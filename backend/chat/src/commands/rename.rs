//! `rename`: changes the sender's name. Replies with `welcome`. Where names are unique, the name of another person in the room is refused.

use std::slice;

use shared_types::{AccessMode, PersonName};

use super::{CommandSpec, FrameHandler, Reply, error::CommandError};
use crate::{
    access::{
        confusable_name::{compared_name, normalized_name, reject_confusable},
        rate_limit::RateBucket,
    },
    moderation::posting_policy::Permission,
    ports::{Result, connections::Connection},
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
    let is_claimed =
        unique_names.are_wanted_in(&sender.room).await? && compared_name(&name) != compared_name(&sender.person.name);
    // A refused name is not even stored for a moment.
    if is_claimed && unique_names.is_taken(&name, sender).await? {
        return Err(CommandError::NameTaken);
    }
    let Some(renamed) = handler.broadcast.connections.rename(&sender.id, &name, None).await? else {
        // The socket closed meanwhile: there is no connection to reply to.
        return Ok(None);
    };
    // Somebody else may have taken the name at the same time.
    let is_taken = if is_claimed { unique_names.is_taken(&name, &renamed).await } else { Ok(false) };
    let refusal = match is_taken {
        Ok(false) => return show(handler, sender, &renamed).await,
        Ok(true) => CommandError::NameTaken,
        Err(error) => error.into(),
    };
    if let Err(error) = restore(handler, sender).await {
        tracing::warn!(connection = %sender.id, %error, "a refused name stays stored; its socket is closed");
        handler.broadcast.close(slice::from_ref(&renamed)).await?;
    }
    Err(refusal)
}

/// Gives the sender the name back that they had. Tells them if they got a number, because somebody else took it meanwhile.
async fn restore(handler: &FrameHandler, sender: &Connection) -> Result<()> {
    let connections = &handler.broadcast.connections;
    let Some(restored) = connections.rename(&sender.id, &sender.person.name, sender.chosen.as_ref()).await? else {
        return Ok(());
    };
    match handler.unique_names().claim(restored).await? {
        Some(restored) if restored.person.name != sender.person.name => {
            if let Err(error) = show(handler, sender, &restored).await {
                tracing::warn!(%error, "telling a name failed; the next socket tells it");
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Shows a new name to the room, to the person, and in their direct messages.
async fn show(handler: &FrameHandler, sender: &Connection, renamed: &Connection) -> Reply {
    let in_direct_messages = async {
        // A number stays in the room.
        if renamed.chosen.is_some() { Ok(()) } else { handler.rename_in_direct_messages(renamed).await }
    };
    let (people, settings, shown) = futures::join!(
        handler.broadcast.renamed(renamed, &sender.person.name),
        handler.settings_for(renamed),
        in_direct_messages
    );
    if let Err(error) = shown {
        tracing::warn!(%error, "storing a name in direct messages failed; it is stored when the person enters them");
    }
    let (people, settings) = (people?, settings?);
    handler.welcome(renamed, people, settings, None).await;
    Ok(None)
}
