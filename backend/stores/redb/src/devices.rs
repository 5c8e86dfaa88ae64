//! Devices in the database. They are written without an fsync: a power cut may lose those of the last moment.

use async_trait::async_trait;
use chat::ports::{
    Result,
    devices::{Devices, StoredDevice},
};
use redb::{TableDefinition, WriteTransaction};
use shared_types::{DeviceId, PersonId, Timestamp};

use crate::{
    messages::{encode, readable},
    read_positions::{self, PairKey},
    store::Store,
};

/// [`StoredDevice`] as JSON, by person and device.
pub(crate) const DEVICES: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("devices");

/// [`Devices`] in a [`Store`].
pub struct RedbDevices {
    store: Store,
}

impl RedbDevices {
    /// Returns the devices of a store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

#[async_trait]
impl Devices for RedbDevices {
    async fn record(&self, person: &PersonId, device: &StoredDevice) -> Result<()> {
        let (person, device) = (person.clone(), device.clone());
        self.store.write_later("storing a device", move |transaction| put(transaction, &person, &device)).await
    }

    async fn devices(&self, person: &PersonId, limit: usize) -> Result<Vec<StoredDevice>> {
        let person = person.clone();
        self.store
            .read("reading the devices of a person", move |transaction| {
                // One that cannot be read is not listed. It is signed in all the same.
                read_positions::of_person(transaction, DEVICES, &person, limit)
            })
            .await
    }

    async fn remove(&self, person: &PersonId, device: &DeviceId) -> Result<()> {
        let (person, device) = (person.clone(), device.clone());
        self.store
            .write("removing a device", move |transaction| {
                transaction.open_table(DEVICES)?.remove((person.as_str(), device.as_str()))?;
                Ok(())
            })
            .await
    }
}

pub(crate) fn put(
    transaction: &WriteTransaction,
    person: &PersonId,
    device: &StoredDevice,
) -> std::result::Result<(), redb::Error> {
    let key = (person.as_str(), device.id.as_str());
    transaction.open_table(DEVICES)?.insert(key, encode(device)?.as_slice())?;
    Ok(())
}

/// Removes the devices that were not used for so long that their cookies have expired, and those that cannot be read, from a position on. It
/// looks at `limit` of them, and returns the position to continue from, if there are more.
pub(crate) fn remove_old(
    transaction: &WriteTransaction,
    now: Timestamp,
    from: PairKey,
    limit: usize,
) -> std::result::Result<Option<PairKey>, redb::Error> {
    let is_old = |stored: &[u8]| readable::<StoredDevice>(stored).is_none_or(|device| device.is_over(now));
    read_positions::remove_old(&mut transaction.open_table(DEVICES)?, from, limit, is_old)
}
