//! What somebody may not do now, and what holds in a room.

use std::sync::Arc;

use futures::future::{try_join, try_join_all};
use shared_types::{Person, PersonId, Restrictions, RoomName, RoomRules, Timestamp, whole_seconds};

use crate::ports::{
    Result,
    connections::AddressKey,
    moderation::{Moderation, Subject},
    system::Clock,
};

/// The rule of what was decided. Whom the owner named may do everything, whatever was decided about them: who is one of them
/// is not another moderator's decision. Whoever keeps order because a provider says so may be silenced or sent away by those,
/// since the provider's word holds for a month; where they come from counts for no moderator.
#[derive(Clone)]
pub struct RestrictionStore {
    /// What was decided.
    pub moderation: Arc<dyn Moderation>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The moderators whom the owner named.
    pub configured_moderators: Vec<PersonId>,
}

impl RestrictionStore {
    /// What a person may not do now.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn of(&self, person: &Person) -> Result<Restrictions> {
        if self.is_configured_moderator(&person.id) {
            return Ok(Restrictions::default());
        }
        self.now(&Subject::Person(person.id.clone())).await
    }

    /// What a person may not do now, by themself or by where they come from. All of it is read at once.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn of_visitor(&self, person: &Person, addresses: &[AddressKey]) -> Result<Restrictions> {
        if person.moderator {
            return self.of(person).await;
        }
        let (restrictions, from_there) = try_join(self.of(person), self.banned_from(addresses)).await?;
        Ok(Restrictions { banned_until: restrictions.banned_until.max(from_there), ..restrictions })
    }

    /// Until when a person has to stay away, by themself or by where they come from.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn banned_until(&self, person: &Person, addresses: &[AddressKey]) -> Result<Option<Timestamp>> {
        Ok(self.of_visitor(person, addresses).await?.banned_until)
    }

    /// Until when everybody from these addresses has to stay away.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn banned_from(&self, addresses: &[AddressKey]) -> Result<Option<Timestamp>> {
        let restriction_store = addresses.iter().map(|key| async { self.now(&Subject::Address(key.clone())).await });
        let restriction_store = try_join_all(restriction_store).await?;
        Ok(restriction_store.into_iter().fold(None, |latest, restrictions| latest.max(restrictions.banned_until)))
    }

    /// What holds in a room.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn rules(&self, room: &RoomName) -> Result<RoomRules> {
        self.moderation.rules(room).await
    }

    /// Whether the owner named somebody.
    pub(crate) fn is_configured_moderator(&self, person: &PersonId) -> bool {
        self.configured_moderators.contains(person)
    }

    /// What somebody may not do, without what is over.
    pub(crate) async fn now(&self, of: &Subject) -> Result<Restrictions> {
        let Restrictions { muted_until, banned_until } = self.moderation.restrictions(of).await?;
        let now = self.clock.now();
        let to_come = |until: &Timestamp| *until > now;
        Ok(Restrictions { muted_until: muted_until.filter(to_come), banned_until: banned_until.filter(to_come) })
    }
}

/// How many seconds it is until then, begun ones included.
pub(crate) fn seconds_until(then: Timestamp, now: Timestamp) -> u32 {
    whole_seconds(then.since(now))
}
