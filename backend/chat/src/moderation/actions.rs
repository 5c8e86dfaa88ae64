//! Moderation actions: mute, ban, purge a user and set the rules of a room.
//!
//! An action is recorded in the audit log before it takes effect, so that no action is missing there. If it then fails, the
//! log has an entry for an action without effect, and the moderator repeats it.

use std::sync::Arc;

use futures::{
    TryStreamExt,
    future::{try_join, try_join_all},
};
use shared_types::{
    AuditEntry, ModerationAction, Person, PersonId, Restrictions, Role, RoomDetails, RoomName, RoomRules, Seconds,
    ServerMessage, Timestamp, limits,
};

use crate::{
    moderation::restrictions::RestrictionStore,
    ports::{
        Result as PortResult, Unavailable,
        connections::{AddressKey, Connection, Connections},
        moderation::{RestrictionChange, Subject},
    },
};

/// Carries out the actions of moderators.
#[derive(Clone)]
pub struct ModerationActions {
    /// The restrictions, the rules of rooms and the audit log.
    pub restriction_store: RestrictionStore,
    /// The open connections.
    pub connections: Arc<dyn Connections>,
}

/// Why an action was not carried out. Its `Display` is a sentence for the person who requested it.
#[derive(Debug, thiserror::Error)]
pub enum ModerationError {
    /// The requesting person is not a moderator, or the affected person is one. Owners and configured moderators may act on other
    /// moderators, but not on each other.
    #[error("only a moderator may do this, and not to a moderator")]
    NotAllowed,
    /// Somebody who is no moderator wants to change the details of a room that has some, or has messages.
    #[error("only a moderator may change the title and the topic of this room")]
    DetailsNotAllowed,
    /// The requesting person is not an owner.
    #[error("only an owner may do this")]
    OwnersOnly,
    /// The affected person is the last owner and would not be one any more.
    #[error("a chat keeps one owner: make another person an owner first")]
    LastOwner,
    /// There are [`limits::ROLES`] people with a role.
    #[error("at most {} people have a role: take one from somebody first", limits::ROLES)]
    TooManyRoles,
    /// The store did not answer. A repetition completes the action.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The result of a mute or a ban.
#[derive(Debug)]
pub struct RestrictionOutcome {
    /// The person's restrictions now.
    pub restrictions: Restrictions,
    /// The person's connections in all rooms.
    pub connections: Vec<Connection>,
    /// The connections of other people that a ban closes as well, because they come from the same address.
    pub same_address_connections: Vec<Connection>,
}

/// All open connections, divided into those of one person and those of others.
pub(super) struct OpenConnections {
    pub(super) own: Vec<Connection>,
    pub(super) others: Vec<Connection>,
}

impl ModerationActions {
    /// Mutes a person for a time, or ends the mute (0 seconds).
    ///
    /// If two moderators mute or unmute one person at the same time, the last one to arrive decides. Both moderators get the
    /// restrictions in effect, and both actions are in the audit log. A mute and a ban do not affect each other.
    ///
    /// # Errors
    ///
    /// Returns [`ModerationError`] when the action is not allowed or the store did not answer.
    pub async fn mute(
        &self,
        by: &Person,
        person: PersonId,
        seconds: Seconds,
    ) -> Result<RestrictionOutcome, ModerationError> {
        let connections = self.open_connections(by, &person).await?.own;
        let (until, name) = (self.until(seconds), name_in(&connections));
        self.record(by, ModerationAction::Mute { person: person.clone(), name, until }).await?;
        let subject = Subject::Person(person);
        let restrictions = self.restriction_store.restrict(&subject, RestrictionChange::MutedUntil(until)).await?;
        Ok(RestrictionOutcome { restrictions, connections, same_address_connections: Vec::new() })
    }

    /// Bans a person and the addresses that they use or recently used, for a time, or ends the ban (0 seconds). After a ban the
    /// caller closes all connections in the result. Bans of addresses do not apply to moderators.
    ///
    /// If an address was banned with two people, the end of the first ban also ends the ban of the address. The other person
    /// stays banned by their id.
    ///
    /// # Errors
    ///
    /// Returns [`ModerationError`] when the action is not allowed or the store did not answer.
    pub async fn ban(
        &self,
        by: &Person,
        person: PersonId,
        seconds: Seconds,
    ) -> Result<RestrictionOutcome, ModerationError> {
        let connections = self.open_connections(by, &person).await?.own;
        let (until, name) = (self.until(seconds), name_in(&connections));
        self.record(by, ModerationAction::Ban { person: person.clone(), name, until }).await?;

        let moderation = &self.restriction_store.moderation;
        let (mut addresses, seen) = try_join(moderation.banned_addresses(&person), moderation.seen(&person)).await?;
        let current = connections.iter().filter_map(|connection| connection.address.clone());
        for address in current.chain(seen) {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        // The list is stored first, so that every address that gets banned can be unbanned later.
        let kept_until = until.unwrap_or_else(|| self.restriction_store.clock.now());
        moderation.set_banned_addresses(&person, &addresses, kept_until).await?;
        let address_ban = Restrictions { banned_until: until, ..Restrictions::default() };
        let writes = addresses
            .iter()
            .cloned()
            .map(Subject::Address)
            .map(|subject| async move { moderation.set_restrictions(&subject, address_ban).await });
        try_join_all(writes).await?;
        let subject = Subject::Person(person.clone());
        let restrictions = self.restriction_store.restrict(&subject, RestrictionChange::BannedUntil(until)).await?;
        if until.is_none() {
            return Ok(RestrictionOutcome { restrictions, connections, same_address_connections: Vec::new() });
        }
        // The connections are read again, because new ones may have been admitted before the ban was stored.
        let OpenConnections { own, mut others } = self.open_connections(by, &person).await?;
        let is_banned = |address: &AddressKey| addresses.contains(address);
        others.retain(|other| !other.person.moderator && other.address.as_ref().is_some_and(is_banned));
        Ok(RestrictionOutcome { restrictions, connections: own, same_address_connections: others })
    }

    /// Returns the restrictions of a person.
    ///
    /// # Errors
    ///
    /// Returns [`ModerationError`] when the action is not allowed or the store did not answer.
    pub async fn restrictions(&self, by: &Person, person: PersonId) -> Result<ServerMessage, ModerationError> {
        moderators_only(by)?;
        let restrictions = self.restriction_store.now(&Subject::Person(person.clone())).await?;
        Ok(ServerMessage::Restrictions { person, restrictions })
    }

    /// Checks and records that a moderator erases all messages of a person. The caller erases them after this. That takes many
    /// requests, which are recorded once.
    ///
    /// # Errors
    ///
    /// Returns [`ModerationError`] when the action is not allowed or the store did not answer.
    pub async fn purge_user(&self, by: &Person, person: &PersonId) -> Result<(), ModerationError> {
        let connections = self.open_connections(by, person).await?.own;
        let newest = self.restriction_store.moderation.audit(None, 1).await?;
        let is_recorded = newest.iter().any(|entry| {
            entry.by.id == by.id
                && matches!(&entry.action, ModerationAction::PurgeUser { person: purged, .. } if purged == person)
        });
        if !is_recorded {
            self.record(by, ModerationAction::PurgeUser { person: person.clone(), name: name_in(&connections) })
                .await?;
        }
        Ok(())
    }

    /// Sets the rules of a room.
    ///
    /// # Errors
    ///
    /// Returns [`ModerationError`] when the action is not allowed or the store did not answer.
    pub async fn set_rules(&self, by: &Person, room: &RoomName, rules: RoomRules) -> Result<(), ModerationError> {
        moderators_only(by)?;
        self.record(by, ModerationAction::Rules { room: room.clone(), rules }).await?;
        Ok(self.restriction_store.moderation.set_rules(room, rules).await?)
    }

    /// Sets the details of a room. Moderators may at any time, and it is recorded. Other people may once, before the first message
    /// (`is_empty`): so the person who opens a room can name it, and nobody can rename a room in which others talk.
    ///
    /// # Errors
    ///
    /// Returns [`ModerationError`] when the action is not allowed or the store did not answer.
    pub async fn set_details(
        &self,
        by: &Person,
        room: &RoomName,
        details: &RoomDetails,
        is_empty: bool,
    ) -> Result<(), ModerationError> {
        let moderation = &self.restriction_store.moderation;
        if by.moderator {
            let before = moderation.settings(room).await?.details.receipts;
            let receipts = (details.receipts != before).then_some(details.receipts);
            let title = details.title.clone();
            self.record(by, ModerationAction::Describe { room: room.clone(), title, receipts }).await?;
            moderation.set_details(room, details, false).await?;
            return Ok(());
        }
        if !is_empty || details.is_default() {
            return Err(ModerationError::DetailsNotAllowed);
        }
        // A retry finds the details that the first attempt stored.
        let is_set =
            moderation.set_details(room, details, true).await? || moderation.settings(room).await?.details == *details;
        if is_set { Ok(()) } else { Err(ModerationError::DetailsNotAllowed) }
    }

    /// Returns entries of the audit log: `audit`. Entries of private rooms are left out, except those of `room`, in which the moderator is.
    ///
    /// # Errors
    ///
    /// Returns [`ModerationError`] when the action is not allowed or the store did not answer.
    pub async fn audit(
        &self,
        by: &Person,
        room: &RoomName,
        before: Option<Timestamp>,
    ) -> Result<ServerMessage, ModerationError> {
        moderators_only(by)?;
        let mut before = before;
        loop {
            let mut entries = self.restriction_store.moderation.audit(before, limits::AUDIT_ENTRIES).await?;
            let more = entries.len() >= limits::AUDIT_ENTRIES;
            before = entries.last().map(|entry| entry.at);
            entries.retain(|entry| entry.action.room().is_none_or(|of| !of.is_private() || of == room));
            // A client goes on after the last entry that it has, so an answer with more to come has one.
            if !entries.is_empty() || !more {
                return Ok(ServerMessage::Audit { more, entries });
            }
        }
    }

    /// Checks that `by` may act on a person, and returns the connections of the person and of all others.
    ///
    /// Nobody acts on owners and configured moderators. They and only they act on other moderators.
    async fn open_connections(&self, by: &Person, person: &PersonId) -> Result<OpenConnections, ModerationError> {
        moderators_only(by)?;
        let store = &self.restriction_store;
        if by.id == *person || store.is_configured_moderator(person) {
            return Err(ModerationError::NotAllowed);
        }
        let (role, OpenConnections { own, others }) =
            try_join(store.moderation.role(person), self.connections_of(person)).await?;
        let is_moderator = role.moderates() || own.iter().any(|connection| connection.person.moderator);
        let may_act = match role {
            Role::Owner => false,
            Role::Moderator | Role::Member if is_moderator => {
                store.is_configured_moderator(&by.id) || store.moderation.role(&by.id).await? == Role::Owner
            }
            Role::Moderator | Role::Member => true,
        };
        if may_act { Ok(OpenConnections { own, others }) } else { Err(ModerationError::NotAllowed) }
    }

    /// Returns the connections of a person and of all others.
    pub(super) async fn connections_of(&self, person: &PersonId) -> PortResult<OpenConnections> {
        let all = self.connections.all().try_collect::<Vec<_>>().await?.into_iter();
        let (own, others) = all.partition(|connection| connection.person.id == *person);
        Ok(OpenConnections { own, others })
    }

    /// Adds an entry to the audit log.
    pub(super) async fn record(&self, by: &Person, action: ModerationAction) -> PortResult<()> {
        let entry = AuditEntry { at: self.restriction_store.clock.now(), by: by.clone().without_appearance(), action };
        self.restriction_store.moderation.record(&entry).await
    }

    /// Returns the time in so many seconds; `None` for 0.
    fn until(&self, seconds: Seconds) -> Option<Timestamp> {
        let milliseconds = u64::from(seconds.get()) * 1000;
        (milliseconds > 0).then(|| Timestamp(self.restriction_store.clock.now().0 + milliseconds))
    }
}

fn moderators_only(by: &Person) -> Result<(), ModerationError> {
    if by.moderator { Ok(()) } else { Err(ModerationError::NotAllowed) }
}

pub(super) fn name_in(connections: &[Connection]) -> Option<shared_types::PersonName> {
    connections.first().map(|connection| connection.person.name.clone())
}
