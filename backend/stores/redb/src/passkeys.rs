//! Passkeys in the database.

use async_trait::async_trait;
use chat::ports::{
    Result,
    passkeys::{PasskeyId, Passkeys, StoredPasskey},
};
use redb::{ReadableTable, TableDefinition, WriteTransaction};
use shared_types::{PersonId, Timestamp};

use crate::{
    messages::{encode, open, readable},
    read_positions::{self, PairKey},
    store::Store,
};

/// [`StoredPasskey`] as JSON, by person and id.
pub(crate) const PASSKEYS: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("passkeys");

/// [`Passkeys`] in a [`Store`].
pub struct RedbPasskeys {
    store: Store,
}

impl RedbPasskeys {
    /// Returns the passkeys of a store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

#[async_trait]
impl Passkeys for RedbPasskeys {
    async fn add(&self, person: &PersonId, passkey: &StoredPasskey) -> Result<bool> {
        let (person, passkey) = (person.clone(), passkey.clone());
        self.store
            .write("adding a passkey", move |transaction| {
                let key = (person.as_str(), passkey.id.as_str());
                if transaction.open_table(PASSKEYS)?.get(key)?.is_some() {
                    return Ok(false);
                }
                put(transaction, &person, &passkey)?;
                Ok(true)
            })
            .await
    }

    async fn passkeys(&self, person: &PersonId, limit: usize) -> Result<Vec<StoredPasskey>> {
        let person = person.clone();
        self.store
            .read("reading the passkeys of a person", move |transaction| {
                read_positions::of_person(transaction, PASSKEYS, &person, limit)
            })
            .await
    }

    async fn passkey(&self, person: &PersonId, id: &PasskeyId) -> Result<Option<StoredPasskey>> {
        let (person, id) = (person.clone(), id.clone());
        self.store
            .read("reading a passkey", move |transaction| {
                let Some(passkeys) = open(transaction, PASSKEYS)? else { return Ok(None) };
                let stored = passkeys.get((person.as_str(), id.as_str()))?;
                Ok(stored.and_then(|stored| readable(stored.value())))
            })
            .await
    }

    async fn replace(&self, person: &PersonId, known: &StoredPasskey, next: &StoredPasskey) -> Result<bool> {
        let (person, known, next) = (person.clone(), known.clone(), next.clone());
        self.store
            .write("storing the use of a passkey", move |transaction| {
                let key = (person.as_str(), next.id.as_str());
                let stored = transaction.open_table(PASSKEYS)?.get(key)?.and_then(|stored| readable(stored.value()));
                let is_known = |stored: &StoredPasskey| (&stored.key, stored.last) == (&known.key, known.last);
                if !stored.as_ref().is_some_and(is_known) {
                    return Ok(false);
                }
                put(transaction, &person, &next)?;
                Ok(true)
            })
            .await
    }

    async fn remove(&self, person: &PersonId, id: &PasskeyId) -> Result<()> {
        let (person, id) = (person.clone(), id.clone());
        self.store
            .write("removing a passkey", move |transaction| {
                transaction.open_table(PASSKEYS)?.remove((person.as_str(), id.as_str()))?;
                Ok(())
            })
            .await
    }
}

pub(crate) fn put(
    transaction: &WriteTransaction,
    person: &PersonId,
    passkey: &StoredPasskey,
) -> std::result::Result<(), redb::Error> {
    let key = (person.as_str(), passkey.id.as_str());
    transaction.open_table(PASSKEYS)?.insert(key, encode(passkey)?.as_slice())?;
    Ok(())
}

/// Removes the passkeys that were not used for years, and those that cannot be read, from a position on. It looks at `limit` of them, and
/// returns the position to continue from, if there are more.
pub(crate) fn remove_old(
    transaction: &WriteTransaction,
    now: Timestamp,
    from: PairKey,
    limit: usize,
) -> std::result::Result<Option<PairKey>, redb::Error> {
    let is_old = |stored: &[u8]| readable::<StoredPasskey>(stored).is_none_or(|passkey| passkey.is_over(now));
    read_positions::remove_old(&mut transaction.open_table(PASSKEYS)?, from, limit, is_old)
}
