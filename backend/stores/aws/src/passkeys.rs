//! Passkeys in the connection table: an item for each, in one partition for each person. They expire when they were not used for years.

use async_trait::async_trait;
use chat::ports::{
    Result, Unavailable,
    backup::Record,
    passkeys::{PasskeyId, Passkeys, StoredPasskey},
};
use shared_types::{PersonId, Timestamp, limits};

use crate::{
    item::{Item, Malformed, item, number, read, read_all, read_number, read_optional, read_parsed, text},
    messages::backup::Found,
    table::{Key, Table},
};

/// The beginning of the partition keys.
const PARTITION: &str = "passkeys#";

/// [`Passkeys`] in a DynamoDB table.
pub struct DynamoPasskeys {
    table: Table,
}

impl DynamoPasskeys {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }
}

#[async_trait]
impl Passkeys for DynamoPasskeys {
    async fn add(&self, person: &PersonId, passkey: &StoredPasskey) -> Result<bool> {
        let new = to_item(person, passkey);
        let stored = self.table.put_if_absent(new.clone(), "adding a passkey").await?;
        // An attempt that timed out and is repeated finds its own item.
        Ok(stored.is_none_or(|stored| stored == new))
    }

    async fn passkeys(&self, person: &PersonId, limit: usize) -> Result<Vec<StoredPasskey>> {
        let query = self.table.querying(&partition(person));
        let items = self.table.first_items(query, limit, "reading the passkeys of a person").await?;
        Ok(read_all(&items, to_passkey))
    }

    async fn passkey(&self, person: &PersonId, id: &PasskeyId) -> Result<Option<StoredPasskey>> {
        let doing = "reading a passkey";
        let stored = self.table.get(key(person, id), doing).await?;
        stored.map(|item| to_passkey(&item)).transpose().map_err(Unavailable::while_doing(doing))
    }

    async fn replace(&self, person: &PersonId, known: &StoredPasskey, next: &StoredPasskey) -> Result<bool> {
        let new = to_item(person, next);
        let put = self
            .table
            .putting(new.clone())
            // `key` is a reserved word.
            .condition_expression("#key = :key AND #last = :last")
            .expression_attribute_names("#key", "key")
            .expression_attribute_names("#last", "last")
            .expression_attribute_values(":key", text(&known.key))
            .expression_attribute_values(":last", number(known.last.0));
        // An attempt that timed out and is repeated finds its own item.
        let refused = self.table.try_put(put, "storing the use of a passkey").await?;
        Ok(refused.is_none_or(|stored| stored.as_ref() == Some(&new)))
    }

    async fn remove(&self, person: &PersonId, id: &PasskeyId) -> Result<()> {
        self.table.delete(key(person, id), "removing a passkey").await.map(drop)
    }
}

/// Returns what an item of the connection table is for a backup, if it is a passkey.
pub(crate) fn backup_record(item: &Item, now: Timestamp) -> Found {
    let partition = item.get("pk").and_then(|pk| pk.as_s().ok());
    if partition.is_none_or(|partition| !partition.starts_with(PARTITION)) {
        return Found::NotInBackups;
    }
    let person = read_parsed(item, "pk", |pk| pk.strip_prefix(PARTITION)?.parse().ok());
    match person.and_then(|person| Ok((person, to_passkey(item)?))) {
        Ok((_, passkey)) if passkey.is_over(now) => Found::NotInBackups,
        found => Found::readable(found.ok().map(|(person, passkey)| Record::Passkey { person, passkey })),
    }
}

fn partition(person: &PersonId) -> String {
    [PARTITION, person.as_str()].concat()
}

fn key(person: &PersonId, id: &PasskeyId) -> Key {
    Key::new(partition(person), id.as_str())
}

fn to_item(person: &PersonId, passkey: &StoredPasskey) -> Item {
    let Key { pk, sk } = key(person, &passkey.id);
    let StoredPasskey { id: _, name, browser, system, created, last, policy, host, device, key } = passkey;
    let expires = (*last + limits::PASSKEY_LIFE).0 / 1000;
    let mut stored = item([
        ("pk", text(pk)),
        ("sk", text(sk)),
        ("name", text(name)),
        ("created", number(created.0)),
        ("last", number(last.0)),
        ("policy", text(policy)),
        ("key", text(key)),
        ("expires", number(expires)),
    ]);
    let names = [("browser", browser), ("system", system), ("host", host)];
    stored.extend(names.into_iter().filter_map(|(name, value)| Some((name.to_owned(), text(value.as_ref()?)))));
    stored.extend(device.iter().map(|device| ("device".to_owned(), text(device))));
    stored
}

fn to_passkey(item: &Item) -> std::result::Result<StoredPasskey, Malformed> {
    let owned = |value: &str| Some(value.to_owned());
    Ok(StoredPasskey {
        id: read(item, "sk")?,
        name: read(item, "name")?,
        browser: read_optional(item, "browser", owned)?,
        system: read_optional(item, "system", owned)?,
        created: Timestamp(read_number(item, "created")?),
        last: Timestamp(read_number(item, "last")?),
        policy: read_parsed(item, "policy", owned)?,
        host: read_optional(item, "host", owned)?,
        device: read_optional(item, "device", |device| device.parse().ok())?,
        key: read_parsed(item, "key", owned)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_malformed_passkey_is_an_error() {
        let passkey = StoredPasskey {
            id: PasskeyId::of_credential(b"1"),
            name: "Ann".parse().unwrap(),
            browser: Some("Firefox".into()),
            system: None,
            created: Timestamp(5),
            last: Timestamp(7),
            policy: "open".into(),
            host: Some("chat.example".into()),
            device: Some("d-1".parse().unwrap()),
            key: "{}".into(),
        };
        let stored = to_item(&"ann".parse().unwrap(), &passkey);
        assert_eq!(to_passkey(&stored).unwrap(), passkey);
        for (attribute, malformed) in [
            ("sk", text("no id")),
            ("name", text("")),
            ("browser", number(1)),
            ("created", text("long ago")),
            ("last", text("")),
            ("policy", number(1)),
            ("host", number(1)),
            ("device", text("no id")),
            ("key", number(1)),
        ] {
            let mut stored = stored.clone();
            stored.insert(attribute.into(), malformed);
            assert!(to_passkey(&stored).is_err(), "{attribute}");
        }
    }
}
