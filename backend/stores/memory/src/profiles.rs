//! Profiles in memory.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Mutex,
};

use async_trait::async_trait;
use chat::ports::{
    Result,
    profiles::{Profiles, StoredProfile},
};
use shared_types::{Appearance, PersonId};

/// [`Profiles`] in memory.
#[derive(Default)]
pub struct MemoryProfiles(Mutex<BTreeMap<PersonId, StoredProfile>>);

#[async_trait]
impl Profiles for MemoryProfiles {
    async fn profile(&self, person: &PersonId) -> Result<StoredProfile> {
        Ok(self.0.lock().unwrap().get(person).cloned().unwrap_or_default())
    }

    async fn appearances(&self, people: &[PersonId]) -> Result<HashMap<PersonId, Appearance>> {
        let profiles = self.0.lock().unwrap();
        let appearances = people.iter().filter_map(|person| Some((person.clone(), profiles.get(person)?.appearance)));
        Ok(appearances.filter(|(_, appearance)| !appearance.is_default()).collect())
    }

    async fn people(&self, after: Option<&PersonId>, most: usize) -> Result<Vec<PersonId>> {
        let profiles = self.0.lock().unwrap();
        let mut people: Vec<_> = profiles.keys().filter(|person| after.is_none_or(|after| *person > after)).collect();
        people.sort_unstable();
        Ok(people.into_iter().take(most).cloned().collect())
    }

    async fn set_profile(&self, person: &PersonId, before: u64, profile: &StoredProfile) -> Result<bool> {
        let mut profiles = self.0.lock().unwrap();
        if profiles.get(person).map_or(0, |stored| stored.version) != before {
            return Ok(false);
        }
        if profile.is_empty() {
            profiles.remove(person);
        } else {
            profiles.insert(person.clone(), profile.clone());
        }
        Ok(true)
    }
}
