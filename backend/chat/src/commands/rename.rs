//! `rename`: changes the sender's name. Replies with `welcome`. Where names are unique, the name of another person in the room is refused.
//!
//! The name is stored in the profile of the person, from which the next sockets of all their devices take it, and their other open sockets
//! get it and a `welcome` at once. Of two devices that choose different names at the same time, all sockets have the one that was stored last:
//! whichever request changes sockets reads the profile once more, and goes on with the name that it finds there.

use std::{
    collections::{BTreeMap, BTreeSet},
    slice,
};

use futures::{
    TryStreamExt,
    future::{join_all, ready},
};
use shared_types::{AccessMode, PersonName};

use super::{CommandSpec, FrameHandler, Reply, error::CommandError};
use crate::{
    access::{
        confusable_name::{compared_name, normalized_name, reject_confusable},
        rate_limit::RateBucket,
    },
    moderation::posting_policy::Permission,
    ports::{
        Result,
        connections::{Connection, ConnectionId},
    },
};

/// Number of attempts to give the connections of a person the name that was stored last.
const ATTEMPTS: usize = 5;

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
    let (is_unique, stored) = futures::try_join!(
        unique_names.are_wanted_in(&sender.room),
        handler.profiles.profiles.profile(&sender.person.id)
    )?;
    // The other tabs of a browser send the same name; the sockets have it then.
    let is_new = stored.name.as_ref() != Some(&name);
    if is_new {
        handler.rate.name_change(&sender.person.id, sender.address.as_ref()).await?;
    }
    let is_claimed = is_unique && compared_name(&name) != compared_name(&sender.person.name);
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
    let kept = match is_taken {
        Ok(false) => handler.profiles.set_name(&sender.person.id, stored, &name).await.map_err(CommandError::from),
        Ok(true) => Err(CommandError::NameTaken),
        Err(error) => Err(error.into()),
    };
    let Err(refusal) = kept else {
        let others = if is_new { rename_others(handler, &renamed, name).await } else { Vec::new() };
        return show_everywhere(handler, sender, renamed, others).await;
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

/// Another connection of the sender's person, or that of the sender, which another device renamed at the same time.
struct Renamed {
    connection: Connection,
    /// The name that it had.
    before: PersonName,
}

/// Gives the other connections of a person the name that they chose, and all of them the name that another device has stored since. Returns
/// those that got one. After a failure the rest take it with their next socket.
///
/// It reads all connections, and if others have an older name, the profile. A connection that is opened meanwhile reads the profile after
/// the name was stored.
async fn rename_others(handler: &FrameHandler, renamed: &Connection, mut name: PersonName) -> Vec<Renamed> {
    let mut changed: BTreeMap<ConnectionId, Renamed> = BTreeMap::new();
    for _ in 0..ATTEMPTS {
        let stored = async {
            let is_outdated =
                |one: &Connection| one.person.id == renamed.person.id && one.person_as_chosen().name != name;
            let others = handler.broadcast.connections.all().try_filter(|one| ready(is_outdated(one)));
            let others: Vec<Connection> = others.try_collect().await?;
            if others.is_empty() {
                return Ok(None);
            }
            let given = others.into_iter().map(|other| give_name(handler, other, &name));
            let mut failed = None;
            for one in join_all(given).await {
                let one = match one {
                    Ok(Some(one)) => one,
                    Ok(None) => continue,
                    Err(error) => {
                        failed = Some(error);
                        continue;
                    }
                };
                let id = one.connection.id.clone();
                let before = changed.remove(&id).map_or(one.before, |first| first.before);
                changed.insert(id, Renamed { before, ..one });
            }
            if let Some(error) = failed {
                return Err(error);
            }
            Ok(handler.profiles.profiles.profile(&renamed.person.id).await?.name)
        };
        let stored: Result<Option<PersonName>> = stored.await;
        match stored {
            Ok(Some(stored)) if stored != name => name = stored,
            Ok(_) => break,
            Err(error) => {
                tracing::warn!(%error, "other devices keep an older name until they connect again");
                break;
            }
        }
    }
    changed.into_values().collect()
}

/// Gives a connection the name that its person chose, or a free one where names are unique. The name of another person is not even stored for
/// a moment. Returns `None` if the connection is gone.
async fn give_name(handler: &FrameHandler, one: Connection, name: &PersonName) -> Result<Option<Renamed>> {
    let unique_names = handler.unique_names();
    let is_unique = unique_names.are_wanted_in(&one.room).await?;
    let free = if is_unique { unique_names.free_name(name, &one).await? } else { name.clone() };
    let chosen = Some(name).filter(|chosen| **chosen != free);
    let Some(renamed) = handler.broadcast.connections.rename(&one.id, &free, chosen).await? else { return Ok(None) };
    let claimed = async {
        let has_moved = renamed.room != one.room;
        let is_unique = if has_moved { unique_names.are_wanted_in(&renamed.room).await? } else { is_unique };
        // Somebody else may have taken the name at the same time.
        unique_names.name_in_room(renamed.clone(), is_unique).await
    };
    match claimed.await {
        Ok(claimed) => Ok(claimed.map(|connection| Renamed { connection, before: one.person.name })),
        Err(error) => {
            tracing::warn!(connection = %one.id, %error, "a name is not certain to be free; its socket is closed");
            handler.broadcast.close(slice::from_ref(&renamed)).await?;
            Ok(None)
        }
    }
}

/// Shows a new name to the sender and on the other connections of their person.
async fn show_everywhere(
    handler: &FrameHandler,
    sender: &Connection,
    renamed: Connection,
    mut others: Vec<Renamed>,
) -> Reply {
    let own = if others.is_empty() {
        Ok(Some(renamed))
    } else {
        others.retain(|other| other.connection.id != sender.id);
        // Another device may have renamed the sender meanwhile. If the sender is gone, the others are told all the same.
        handler.broadcast.connections.find(&sender.id).await
    };
    let mut told: BTreeSet<_> = own.iter().flatten().map(|own| own.room.clone()).collect();
    let shown = others.iter().map(|other| {
        let is_first_of_room = told.insert(other.connection.room.clone());
        show_elsewhere(handler, other, is_first_of_room)
    });
    let shown: Vec<_> = shown.collect();
    let show_own = async {
        match own? {
            Some(renamed) => show(handler, sender, &renamed).await,
            None => Ok(None),
        }
    };
    futures::join!(show_own, join_all(shown)).0
}

/// Shows a new name on another connection of its person, and in its room, unless the room is told because of another one.
async fn show_elsewhere(handler: &FrameHandler, other: &Renamed, tells_room: bool) {
    let told = async {
        // Another device may have renamed it meanwhile.
        let found = handler.broadcast.connections.find(&other.connection.id).await?;
        let Some(connection) = &found else { return Ok(()) };
        let before = if tells_room { &other.before } else { &connection.person.name };
        let direct = async { if tells_room { handler.tell_direct_name(connection).await } else { Ok(()) } };
        let renamed = handler.broadcast.renamed(connection, before);
        let (people, settings, ()) = futures::try_join!(renamed, handler.settings_for(connection), direct)?;
        handler.welcome(connection, people, settings, None).await;
        Ok(())
    };
    let told: Result<()> = told.await;
    if let Err(error) = told {
        tracing::warn!(connection = %other.connection.id, %error, "telling another device its name failed; its next socket tells it");
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
