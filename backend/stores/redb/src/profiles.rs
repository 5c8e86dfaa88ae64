//! Profiles in the database.

use std::{collections::HashMap, ops::Bound};

use async_trait::async_trait;
use chat::ports::{
    Result,
    profiles::{Profiles, StoredProfile},
};
use redb::{ReadableTable, TableDefinition, WriteTransaction};
use shared_types::{Appearance, PersonId};

use crate::{
    messages::{encode, open, readable},
    store::Store,
};

/// [`StoredProfile`] as JSON, by person.
pub(crate) const PROFILES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("profiles");

/// [`Profiles`] in a [`Store`].
pub struct RedbProfiles {
    store: Store,
}

impl RedbProfiles {
    /// Returns the profiles of a store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

#[async_trait]
impl Profiles for RedbProfiles {
    async fn profile(&self, person: &PersonId) -> Result<StoredProfile> {
        let person = person.clone();
        self.store
            .read("reading a profile", move |transaction| {
                let Some(profiles) = open(transaction, PROFILES)? else { return Ok(StoredProfile::default()) };
                let found = profiles.get(person.as_str())?;
                Ok(found.map(|stored| to_profile(stored.value())).unwrap_or_default())
            })
            .await
    }

    async fn appearances(&self, people: &[PersonId]) -> Result<HashMap<PersonId, Appearance>> {
        let people = people.to_vec();
        self.store
            .read("reading the appearances of people", move |transaction| {
                let mut appearances = HashMap::new();
                let Some(profiles) = open(transaction, PROFILES)? else { return Ok(appearances) };
                for person in people {
                    let stored = profiles.get(person.as_str())?.map(|stored| to_profile(stored.value()).appearance);
                    if let Some(appearance) = stored.filter(|appearance| !appearance.is_default()) {
                        appearances.insert(person, appearance);
                    }
                }
                Ok(appearances)
            })
            .await
    }

    async fn people(&self, after: Option<&PersonId>, most: usize) -> Result<Vec<PersonId>> {
        let after = after.cloned();
        self.store
            .read("listing the people who have a profile", move |transaction| {
                let Some(profiles) = open(transaction, PROFILES)? else { return Ok(Vec::new()) };
                let start = after.as_ref().map_or(Bound::Unbounded, |after| Bound::Excluded(after.as_str()));
                let mut people = Vec::new();
                for entry in profiles.range::<&str>((start, Bound::Unbounded))?.take(most) {
                    people.extend(entry?.0.value().parse().ok());
                }
                Ok(people)
            })
            .await
    }

    async fn set_profile(&self, person: &PersonId, before: u64, profile: &StoredProfile) -> Result<bool> {
        let (person, profile) = (person.clone(), profile.clone());
        self.store
            .write("storing a profile", move |transaction| {
                let mut profiles = transaction.open_table(PROFILES)?;
                let stored = profiles.get(person.as_str())?.map_or(0, |stored| to_profile(stored.value()).version);
                if stored != before {
                    return Ok(false);
                }
                if profile.is_empty() {
                    profiles.remove(person.as_str())?;
                } else {
                    profiles.insert(person.as_str(), encode(&profile)?.as_slice())?;
                }
                Ok(true)
            })
            .await
    }
}

/// Stores a profile of a backup.
pub(crate) fn put(
    transaction: &WriteTransaction,
    person: &PersonId,
    profile: &StoredProfile,
) -> std::result::Result<(), redb::Error> {
    transaction.open_table(PROFILES)?.insert(person.as_str(), encode(profile)?.as_slice())?;
    Ok(())
}

fn to_profile(stored: &[u8]) -> StoredProfile {
    readable(stored).unwrap_or_else(|| StoredProfile::unreadable(0))
}
