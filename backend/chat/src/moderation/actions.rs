//! Moderation: muting people, sending them away, and what holds in a room.
//!
//! What is done is noted before it is done, so that nothing is done that nobody can read about. If it then fails, the note
//! says more than what happened, and the moderator does it again.

use std::sync::Arc;

use futures::future::{try_join, try_join_all};
use shared_types::{
    AuditEntry, ModerationAction, Person, PersonId, Restrictions, RoomName, RoomRules, Seconds, ServerMessage,
    Timestamp, limits,
};

use crate::{
    moderation::restrictions::RestrictionStore,
    ports::{
        Result as Answer, Unavailable,
        connections::{AddressKey, Connection, Connections},
        moderation::Subject,
    },
};

/// The rule of moderation.
pub struct ModerationActions {
    /// What was decided and done.
    pub restriction_store: RestrictionStore,
    /// Who is connected.
    pub connections: Arc<dyn Connections>,
}

/// Why a moderator's word was not done. Its `Display` is a sentence for who said it.
#[derive(Debug, thiserror::Error)]
pub enum ModerationError {
    /// They are no moderator, or it is about one: about one by a claim only those whom the owner named may decide.
    #[error("only a moderator may do this, and not to a moderator")]
    NotAllowed,
    /// The store did not answer; doing it again finishes it.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What became of a person.
#[derive(Debug)]
pub struct RestrictionOutcome {
    /// What they may not do now.
    pub restrictions: Restrictions,
    /// Their sockets, in whatever rooms.
    pub connections: Vec<Connection>,
    /// The sockets of others who have to go with them, because they come from the same place.
    pub same_address_connections: Vec<Connection>,
}

/// The sockets that there are, as they concern one person.
struct Sockets {
    theirs: Vec<Connection>,
    others: Vec<Connection>,
}

impl ModerationActions {
    /// Mutes a person for a time, or lets them speak again.
    ///
    /// Two moderators who decide about one person in the same moment may undo one another's decision; both are told what
    /// holds, and both decisions are in the log.
    ///
    /// # Errors
    ///
    /// [`ModerationError`] says why not.
    pub async fn mute(
        &self,
        by: &Person,
        person: PersonId,
        seconds: Seconds,
    ) -> Result<RestrictionOutcome, ModerationError> {
        let connections = self.sockets(by, &person).await?.theirs;
        let (until, name) = (self.until(seconds), name_in(&connections));
        self.record(by, ModerationAction::Mute { person: person.clone(), name, until }).await?;
        let subject = Subject::Person(person);
        let restrictions = Restrictions { muted_until: until, ..self.restriction_store.now(&subject).await? };
        self.restriction_store.moderation.set_restrictions(&subject, restrictions).await?;
        Ok(RestrictionOutcome { restrictions, connections, same_address_connections: Vec::new() })
    }

    /// Sends a person away for a time, and whoever is or comes where they are or were of late; or lets all of them come again. All
    /// connections in the answer are to be closed then. Moderators stay, wherever they come from.
    ///
    /// An address that two people were sent away with comes back with the first of them; the other one is still known by
    /// who they are.
    ///
    /// # Errors
    ///
    /// [`ModerationError`] says why not.
    pub async fn ban(
        &self,
        by: &Person,
        person: PersonId,
        seconds: Seconds,
    ) -> Result<RestrictionOutcome, ModerationError> {
        let connections = self.sockets(by, &person).await?.theirs;
        let (until, name) = (self.until(seconds), name_in(&connections));
        self.record(by, ModerationAction::Ban { person: person.clone(), name, until }).await?;

        let moderation = &self.restriction_store.moderation;
        let (mut addresses, seen) = try_join(moderation.banned_addresses(&person), moderation.seen(&person)).await?;
        let here = connections.iter().filter_map(|connection| connection.address.clone());
        for address in here.chain(seen) {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        // Remembered first, so that whatever was sent away can be let in again.
        let remembered = until.unwrap_or_else(|| self.restriction_store.clock.now());
        moderation.set_banned_addresses(&person, &addresses, remembered).await?;
        let of_address = Restrictions { banned_until: until, ..Restrictions::default() };
        let all = addresses
            .iter()
            .cloned()
            .map(Subject::Address)
            .map(|subject| async move { moderation.set_restrictions(&subject, of_address).await });
        try_join_all(all).await?;
        let subject = Subject::Person(person.clone());
        let restrictions = Restrictions { banned_until: until, ..self.restriction_store.now(&subject).await? };
        moderation.set_restrictions(&subject, restrictions).await?;
        if until.is_none() {
            return Ok(RestrictionOutcome { restrictions, connections, same_address_connections: Vec::new() });
        }
        // Again, for who came in meanwhile: from now on nobody does.
        let Sockets { theirs, mut others } = self.sockets(by, &person).await?;
        let is_from_there = |address: &AddressKey| addresses.contains(address);
        others.retain(|other| !other.person.moderator && other.address.as_ref().is_some_and(is_from_there));
        Ok(RestrictionOutcome { restrictions, connections: theirs, same_address_connections: others })
    }

    /// Says what a person may not do.
    ///
    /// # Errors
    ///
    /// [`ModerationError`] says why not.
    pub async fn restrictions(&self, by: &Person, person: PersonId) -> Result<ServerMessage, ModerationError> {
        moderators_only(by)?;
        let restrictions = self.restriction_store.now(&Subject::Person(person.clone())).await?;
        Ok(ServerMessage::Restrictions { person, restrictions })
    }

    /// Notes that everything a person wrote is taken away, which the caller does then; it takes many requests, and is noted
    /// once.
    ///
    /// # Errors
    ///
    /// [`ModerationError`] says why it is not to be done.
    pub async fn purge_user(&self, by: &Person, person: &PersonId) -> Result<(), ModerationError> {
        let connections = self.sockets(by, person).await?.theirs;
        let newest = self.restriction_store.moderation.audit(None, 1).await?;
        let is_noted = newest.iter().any(|entry| {
            entry.by.id == by.id
                && matches!(&entry.action, ModerationAction::PurgeUser { person: cleared, .. } if cleared == person)
        });
        if !is_noted {
            self.record(by, ModerationAction::PurgeUser { person: person.clone(), name: name_in(&connections) })
                .await?;
        }
        Ok(())
    }

    /// Decides what holds in a room.
    ///
    /// # Errors
    ///
    /// [`ModerationError`] says why not.
    pub async fn set_rules(&self, by: &Person, room: &RoomName, rules: RoomRules) -> Result<(), ModerationError> {
        moderators_only(by)?;
        self.record(by, ModerationAction::Rules { room: room.clone(), rules }).await?;
        Ok(self.restriction_store.moderation.set_rules(room, rules).await?)
    }

    /// Says what moderators did: `audit`.
    ///
    /// # Errors
    ///
    /// [`ModerationError`] says why not.
    pub async fn audit(&self, by: &Person, before: Option<Timestamp>) -> Result<ServerMessage, ModerationError> {
        moderators_only(by)?;
        let entries = self.restriction_store.moderation.audit(before, limits::AUDIT_ENTRIES).await?;
        Ok(ServerMessage::Audit { more: entries.len() >= limits::AUDIT_ENTRIES, entries })
    }

    /// The sockets of a person whom somebody may do something to, and of all others.
    async fn sockets(&self, by: &Person, person: &PersonId) -> Result<Sockets, ModerationError> {
        moderators_only(by)?;
        let all = self.connections.all().await?.into_iter();
        let (theirs, others): (Vec<_>, Vec<_>) = all.partition(|connection| connection.person.id == *person);
        let (by_named, is_configured_moderator) = (
            self.restriction_store.is_configured_moderator(&by.id),
            self.restriction_store.is_configured_moderator(person),
        );
        let is_moderator = theirs.iter().any(|connection| connection.person.moderator);
        if by.id == *person || is_configured_moderator || (is_moderator && !by_named) {
            return Err(ModerationError::NotAllowed);
        }
        Ok(Sockets { theirs, others })
    }

    async fn record(&self, by: &Person, act: ModerationAction) -> Answer<()> {
        let entry = AuditEntry { at: self.restriction_store.clock.now(), by: by.clone(), action: act };
        self.restriction_store.moderation.record(&entry).await
    }

    fn until(&self, seconds: Seconds) -> Option<Timestamp> {
        let milliseconds = u64::from(seconds.get()) * 1000;
        (milliseconds > 0).then(|| Timestamp(self.restriction_store.clock.now().0 + milliseconds))
    }
}

fn moderators_only(by: &Person) -> Result<(), ModerationError> {
    if by.moderator { Ok(()) } else { Err(ModerationError::NotAllowed) }
}

fn name_in(connections: &[Connection]) -> Option<shared_types::PersonName> {
    connections.first().map(|connection| connection.person.name.clone())
}
