//! Devices in memory.

use std::{collections::BTreeMap, sync::Mutex};

use async_trait::async_trait;
use chat::ports::{
    Result,
    devices::{Devices, StoredDevice},
};
use shared_types::{DeviceId, PersonId};

/// [`Devices`] in memory. Nothing expires.
#[derive(Default)]
pub struct MemoryDevices(Mutex<BTreeMap<(PersonId, DeviceId), StoredDevice>>);

#[async_trait]
impl Devices for MemoryDevices {
    async fn record(&self, person: &PersonId, device: &StoredDevice) -> Result<()> {
        self.0.lock().unwrap().insert((person.clone(), device.id.clone()), device.clone());
        Ok(())
    }

    async fn devices(&self, person: &PersonId, limit: usize) -> Result<Vec<StoredDevice>> {
        let devices = self.0.lock().unwrap();
        let own = devices.iter().filter(|((owner, _), _)| owner == person).map(|(_, device)| device);
        Ok(own.take(limit).cloned().collect())
    }

    async fn remove(&self, person: &PersonId, device: &DeviceId) -> Result<()> {
        self.0.lock().unwrap().remove(&(person.clone(), device.clone()));
        Ok(())
    }
}
