//! Devices in the connection table: an item for each, in one partition for each person. They expire when their cookies have.

use async_trait::async_trait;
use chat::ports::{
    Result,
    backup::Record,
    devices::{Devices, StoredDevice},
};
use shared_types::{DeviceId, PersonId, Timestamp, limits};

use crate::{
    item::{Item, Malformed, item, number, read, read_all, read_number, read_optional, read_parsed, text},
    messages::backup::Found,
    table::{Key, Table},
};

/// The beginning of the partition keys.
const PARTITION: &str = "devices#";

/// [`Devices`] in a DynamoDB table.
pub struct DynamoDevices {
    table: Table,
}

impl DynamoDevices {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    /// Stores a device of a backup, unless the person has used it since.
    pub(crate) async fn restore(&self, person: &PersonId, device: &StoredDevice) -> Result<()> {
        self.table.put_if_absent(to_item(person, device), "restoring a device").await.map(drop)
    }
}

#[async_trait]
impl Devices for DynamoDevices {
    async fn record(&self, person: &PersonId, device: &StoredDevice) -> Result<()> {
        self.table.put(to_item(person, device), "storing a device").await
    }

    async fn devices(&self, person: &PersonId, limit: usize) -> Result<Vec<StoredDevice>> {
        let query = self.table.querying(&partition(person));
        let items = self.table.first_items(query, limit, "reading the devices of a person").await?;
        Ok(read_all(&items, to_device))
    }

    async fn remove(&self, person: &PersonId, device: &DeviceId) -> Result<()> {
        self.table.delete(key(person, device), "removing a device").await.map(drop)
    }
}

/// Returns what an item of the connection table is for a backup, if it is a device.
pub(crate) fn backup_record(item: &Item, now: Timestamp) -> Found {
    let partition = item.get("pk").and_then(|pk| pk.as_s().ok());
    if partition.is_none_or(|partition| !partition.starts_with(PARTITION)) {
        return Found::NotInBackups;
    }
    let person = read_parsed(item, "pk", |pk| pk.strip_prefix(PARTITION)?.parse().ok());
    match person.and_then(|person| Ok((person, to_device(item)?))) {
        Ok((_, device)) if device.is_over(now) => Found::NotInBackups,
        found => Found::readable(found.ok().map(|(person, device)| Record::Device { person, device })),
    }
}

fn partition(person: &PersonId) -> String {
    [PARTITION, person.as_str()].concat()
}

fn key(person: &PersonId, device: &DeviceId) -> Key {
    Key::new(partition(person), device.as_str())
}

fn to_item(person: &PersonId, device: &StoredDevice) -> Item {
    let Key { pk, sk } = key(person, &device.id);
    let StoredDevice { id: _, browser, system, since, last } = device;
    let expires = (*last + limits::DEVICE_LIFE).0 / 1000;
    let mut stored = item([
        ("pk", text(pk)),
        ("sk", text(sk)),
        ("since", number(since.0)),
        ("last", number(last.0)),
        ("expires", number(expires)),
    ]);
    let names = [("browser", browser), ("system", system)];
    stored.extend(names.into_iter().filter_map(|(name, value)| Some((name.to_owned(), text(value.as_ref()?)))));
    stored
}

fn to_device(item: &Item) -> std::result::Result<StoredDevice, Malformed> {
    Ok(StoredDevice {
        id: read(item, "sk")?,
        browser: read_optional(item, "browser", |name| Some(name.to_owned()))?,
        system: read_optional(item, "system", |name| Some(name.to_owned()))?,
        since: Timestamp(read_number(item, "since")?),
        last: Timestamp(read_number(item, "last")?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_malformed_device_is_an_error() {
        let device = StoredDevice {
            id: "d-1".parse().unwrap(),
            browser: Some("Firefox".into()),
            system: None,
            since: Timestamp(5),
            last: Timestamp(7),
        };
        let stored = to_item(&"ann".parse().unwrap(), &device);
        assert_eq!(to_device(&stored).unwrap(), device);
        for (attribute, malformed) in
            [("sk", text("no id")), ("browser", number(1)), ("since", text("long ago")), ("last", text(""))]
        {
            let mut stored = stored.clone();
            stored.insert(attribute.into(), malformed);
            assert!(to_device(&stored).is_err(), "{attribute}");
        }
    }
}
