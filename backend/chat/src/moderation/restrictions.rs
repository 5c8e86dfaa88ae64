//! Restrictions of people and addresses, and the rules of rooms.

use std::sync::Arc;

use futures::future::{try_join, try_join_all};
use shared_types::{Person, PersonId, Restrictions, RoomName, RoomRules, Timestamp, whole_seconds};

use crate::ports::{
    Result,
    connections::AddressKey,
    moderation::{Moderation, RestrictionChange, RoomSettings, Subject},
    system::Clock,
};

/// Returns the restrictions that apply now.
///
/// - No restriction applies to configured moderators: the owner decides who is one, and not another moderator.
/// - Moderators by a provider's claim may be muted or banned by configured moderators, because the claim is valid for a month.
/// - Bans of addresses apply to no moderator.
#[derive(Clone)]
pub struct RestrictionStore {
    /// The decisions of moderators.
    pub moderation: Arc<dyn Moderation>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The moderators in the owner's configuration.
    pub configured_moderators: Vec<PersonId>,
}

impl RestrictionStore {
    /// Returns the current restrictions of a person.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the store did not answer.
    pub async fn of(&self, person: &Person) -> Result<Restrictions> {
        if self.is_configured_moderator(&person.id) {
            return Ok(Restrictions::default());
        }
        self.now(&Subject::Person(person.id.clone())).await
    }

    /// Returns the current restrictions of a person and of the addresses that they come from. All are read concurrently.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the store did not answer.
    pub async fn of_session(&self, person: &Person, addresses: &[AddressKey]) -> Result<Restrictions> {
        let (restrictions, address_ban) = try_join(self.of(person), self.banned_at(person, addresses)).await?;
        Ok(Restrictions { banned_until: restrictions.banned_until.max(address_ban), ..restrictions })
    }

    /// Returns until when a person or one of their addresses is banned.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the store did not answer.
    pub async fn banned_until(&self, person: &Person, addresses: &[AddressKey]) -> Result<Option<Timestamp>> {
        Ok(self.of_session(person, addresses).await?.banned_until)
    }

    /// Returns until when a person is banned because of their addresses.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the store did not answer.
    pub(crate) async fn banned_at(&self, person: &Person, addresses: &[AddressKey]) -> Result<Option<Timestamp>> {
        if person.moderator { Ok(None) } else { self.banned_from(addresses).await }
    }

    /// Returns until when one of these addresses is banned.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the store did not answer.
    pub async fn banned_from(&self, addresses: &[AddressKey]) -> Result<Option<Timestamp>> {
        let reads = addresses.iter().map(|key| async { self.now(&Subject::Address(key.clone())).await });
        let all = try_join_all(reads).await?;
        Ok(all.into_iter().fold(None, |latest, restrictions| latest.max(restrictions.banned_until)))
    }

    /// Returns the rules of a room.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the store did not answer.
    pub async fn rules(&self, room: &RoomName) -> Result<RoomRules> {
        self.moderation.rules(room).await
    }

    /// Returns the rules and the details of a room.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the store did not answer.
    pub async fn settings(&self, room: &RoomName) -> Result<RoomSettings> {
        self.moderation.settings(room).await
    }

    /// Returns whether a person is a moderator in the owner's configuration.
    pub(crate) fn is_configured_moderator(&self, person: &PersonId) -> bool {
        self.configured_moderators.contains(person)
    }

    /// Returns the stored restrictions of a subject without those that have ended.
    pub(crate) async fn now(&self, of: &Subject) -> Result<Restrictions> {
        Ok(self.current(self.moderation.restrictions(of).await?))
    }

    /// Changes one restriction of a subject. Returns the restrictions afterwards, without those that have ended.
    pub(crate) async fn restrict(&self, of: &Subject, change: RestrictionChange) -> Result<Restrictions> {
        Ok(self.current(self.moderation.restrict(of, change).await?))
    }

    /// Returns the current restrictions of a person; `stored` are those that were read when an action was counted, if they were.
    pub(crate) async fn of_counted(&self, person: &Person, stored: Option<Restrictions>) -> Result<Restrictions> {
        match stored {
            Some(_) if self.is_configured_moderator(&person.id) => Ok(Restrictions::default()),
            Some(stored) => Ok(self.current(stored)),
            None => self.of(person).await,
        }
    }

    /// Returns restrictions without those that have ended.
    fn current(&self, Restrictions { muted_until, banned_until }: Restrictions) -> Restrictions {
        let now = self.clock.now();
        let is_current = |until: &Timestamp| *until > now;
        Restrictions { muted_until: muted_until.filter(is_current), banned_until: banned_until.filter(is_current) }
    }
}

/// Returns the number of seconds until a time, rounded up.
pub(crate) fn seconds_until(then: Timestamp, now: Timestamp) -> u32 {
    whole_seconds(then.since(now))
}
