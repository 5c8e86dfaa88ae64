//! Roles: owners give them to people and take them, and an owner link makes the first owner.
//!
//! A role is read when a person connects. When it changes, the person's open connections are changed, so no command reads it to check a
//! message.

use futures::future::{try_join, try_join_all};
use shared_types::{ModerationAction, Person, PersonId, Role, RoleEntry, limits};

use crate::{
    moderation::actions::{ModerationActions, ModerationError, OpenConnections, name_in},
    ports::{
        connections::Connection,
        moderation::{RestrictionChange, Subject},
    },
};

impl ModerationActions {
    /// Sets the role of a person. Returns the person's connections in all rooms, which have the role now.
    ///
    /// A person who moderates by a provider's claim and loses a role moderates again when they connect the next time.
    ///
    /// # Errors
    ///
    /// Returns [`ModerationError`] when the action is not allowed or the store did not answer. A repetition completes the action.
    pub async fn set_role(
        &self,
        by: &Person,
        person: &PersonId,
        role: Role,
    ) -> Result<Vec<Connection>, ModerationError> {
        self.owners_only(by).await?;
        let moderation = &self.restriction_store.moderation;
        let (OpenConnections { own, .. }, entries) =
            try_join(self.connections_of(person), moderation.roles(limits::ROLES)).await?;
        let before = entries.iter().find(|entry| entry.person == *person);
        if before.is_some_and(|entry| entry.role == Role::Owner) && role != Role::Owner {
            unless_alone(&entries, person)?;
        }
        if before.is_none() && role != Role::Member && entries.len() >= limits::ROLES {
            return Err(ModerationError::TooManyRoles);
        }
        let name = name_in(&own).or_else(|| before.and_then(|entry| entry.name.clone()));
        self.store_role(by, RoleEntry { person: person.clone(), name, role, configured: false }).await?;
        // The connections are read again: one that was opened before the role was stored has the role from before.
        let own = self.connections_of(person).await?.own;
        let had_role = before.is_some();
        let changed = own.into_iter().map(|connection| self.with_role(connection, role, had_role));
        Ok(try_join_all(changed).await?.into_iter().flatten().collect())
    }

    /// Returns the people with a role, and the configured moderators: owners first, then by name.
    ///
    /// # Errors
    ///
    /// Returns [`ModerationError`] when `by` is not an owner or the store did not answer.
    pub async fn roles(&self, by: &Person) -> Result<Vec<RoleEntry>, ModerationError> {
        self.owners_only(by).await?;
        let store = &self.restriction_store;
        let mut people = store.moderation.roles(limits::ROLES).await?;
        for entry in &mut people {
            entry.configured = store.is_configured_moderator(&entry.person);
        }
        for person in &store.configured_moderators {
            if people.iter().all(|entry| entry.person != *person) {
                let person = person.clone();
                people.push(RoleEntry { person, name: None, role: Role::Member, configured: true });
            }
        }
        let name = |entry: &RoleEntry| entry.name.as_ref().map(ToString::to_string).unwrap_or_default();
        people.sort_by_cached_key(|entry| (entry.role != Role::Owner, name(entry), entry.person.to_string()));
        Ok(people)
    }

    /// Makes a person an owner who has redeemed an owner link, and lifts their restrictions. Pages that are open already show it after a
    /// reload.
    ///
    /// # Errors
    ///
    /// Returns [`ModerationError`] when the store did not answer. A repetition completes it.
    pub async fn claim(&self, person: &Person) -> Result<(), ModerationError> {
        let moderation = &self.restriction_store.moderation;
        let by = Person { moderator: true, ..person.clone() };
        let (person, name, role) = (person.id.clone(), Some(person.name.clone()), Role::Owner);
        self.record(&by, ModerationAction::Role { person: person.clone(), name: name.clone(), role }).await?;
        let had_role = moderation.role(&person).await? != Role::Member;
        moderation.set_role(&RoleEntry { person: person.clone(), name, role, configured: false }).await?;
        let subject = Subject::Person(person.clone());
        for lifted in [RestrictionChange::MutedUntil(None), RestrictionChange::BannedUntil(None)] {
            self.restriction_store.restrict(&subject, lifted).await?;
        }
        let own = self.connections_of(&person).await?.own.into_iter();
        try_join_all(own.map(|connection| self.with_role(connection, role, had_role))).await?;
        Ok(())
    }

    /// Changes an open connection of a person whose role changed. Returns `None` if it was closed.
    async fn with_role(
        &self,
        connection: Connection,
        role: Role,
        had_role: bool,
    ) -> Result<Option<Connection>, ModerationError> {
        let person = &connection.person;
        // A moderator without a role is one by a provider's claim.
        let moderates_otherwise =
            self.restriction_store.is_configured_moderator(&person.id) || (person.moderator && !had_role);
        let moderator = role.moderates() || moderates_otherwise;
        match person.moderator == moderator {
            true => Ok(Some(connection)),
            false => Ok(self.connections.set_moderator(&connection.id, moderator).await?),
        }
    }

    /// Checks that the chat keeps an owner if a person leaves it for good.
    ///
    /// # Errors
    ///
    /// Returns [`ModerationError::LastOwner`] if they are the only one, and [`ModerationError`] when the store did not answer.
    pub async fn unless_last_owner(&self, person: &PersonId) -> Result<(), ModerationError> {
        let moderation = &self.restriction_store.moderation;
        if moderation.role(person).await? != Role::Owner {
            return Ok(());
        }
        unless_alone(&moderation.roles(limits::ROLES).await?, person)
    }

    /// Takes the role of a person who leaves the chat for good. Their open connections keep it until they close.
    ///
    /// # Errors
    ///
    /// Returns [`ModerationError::LastOwner`] if they are the only owner, and [`ModerationError`] when the store did not answer. A repetition
    /// completes the action.
    pub async fn resign(&self, person: &Person) -> Result<(), ModerationError> {
        if self.restriction_store.moderation.role(&person.id).await? == Role::Member {
            return Ok(());
        }
        let (id, name) = (person.id.clone(), Some(person.name.clone()));
        self.store_role(person, RoleEntry { person: id, name, role: Role::Member, configured: false }).await
    }

    /// Stores the role of a person, after its entry in the audit log.
    async fn store_role(&self, by: &Person, entry: RoleEntry) -> Result<(), ModerationError> {
        let RoleEntry { person, name, role, .. } = entry.clone();
        self.record(by, ModerationAction::Role { person, name, role }).await?;
        let is_stored = self.restriction_store.moderation.set_role(&entry).await?;
        is_stored.then_some(()).ok_or(ModerationError::LastOwner)
    }

    /// Checks that a person is an owner.
    pub(crate) async fn owners_only(&self, by: &Person) -> Result<(), ModerationError> {
        match self.restriction_store.moderation.role(&by.id).await? {
            Role::Owner => Ok(()),
            Role::Moderator | Role::Member => Err(ModerationError::OwnersOnly),
        }
    }
}

/// Fails if a person is the only owner among the people with a role.
fn unless_alone(entries: &[RoleEntry], person: &PersonId) -> Result<(), ModerationError> {
    let has_another = entries.iter().any(|entry| entry.role == Role::Owner && entry.person != *person);
    has_another.then_some(()).ok_or(ModerationError::LastOwner)
}
