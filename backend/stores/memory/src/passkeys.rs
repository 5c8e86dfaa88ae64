//! Passkeys in memory.

use std::{collections::BTreeMap, sync::Mutex};

use async_trait::async_trait;
use chat::ports::{
    Result,
    passkeys::{PasskeyId, Passkeys, StoredPasskey},
};
use shared_types::PersonId;

/// [`Passkeys`] in memory. Nothing expires.
#[derive(Default)]
pub struct MemoryPasskeys(Mutex<BTreeMap<(PersonId, PasskeyId), StoredPasskey>>);

#[async_trait]
impl Passkeys for MemoryPasskeys {
    async fn add(&self, person: &PersonId, passkey: &StoredPasskey) -> Result<bool> {
        let (mut passkeys, key) = (self.0.lock().unwrap(), (person.clone(), passkey.id.clone()));
        let is_new = !passkeys.contains_key(&key);
        passkeys.entry(key).or_insert_with(|| passkey.clone());
        Ok(is_new)
    }

    async fn passkeys(&self, person: &PersonId, limit: usize) -> Result<Vec<StoredPasskey>> {
        let passkeys = self.0.lock().unwrap();
        let own = passkeys.iter().filter(|((owner, _), _)| owner == person).map(|(_, passkey)| passkey);
        Ok(own.take(limit).cloned().collect())
    }

    async fn passkey(&self, person: &PersonId, id: &PasskeyId) -> Result<Option<StoredPasskey>> {
        Ok(self.0.lock().unwrap().get(&(person.clone(), id.clone())).cloned())
    }

    async fn replace(&self, person: &PersonId, known: &StoredPasskey, next: &StoredPasskey) -> Result<bool> {
        let mut passkeys = self.0.lock().unwrap();
        let stored = passkeys.get_mut(&(person.clone(), next.id.clone()));
        let stored = stored.filter(|stored| (&stored.key, stored.last) == (&known.key, known.last));
        Ok(stored.map(|stored| *stored = next.clone()).is_some())
    }

    async fn remove(&self, person: &PersonId, id: &PasskeyId) -> Result<()> {
        self.0.lock().unwrap().remove(&(person.clone(), id.clone()));
        Ok(())
    }
}
