//! Profiles in the connection table, an item for each person who has one. It expires when it has not been used for long. It is below 1 KB: one read unit, and one write
//! unit.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use chat::ports::{
    Result, Unavailable,
    backup::Record,
    profiles::{Profiles, StoredProfile},
};
use futures::future::try_join_all;
use shared_types::{Appearance, PersonId, limits};

use crate::{
    item::{Item, item, json, number, read_number, read_parsed, text},
    messages::backup::Found,
    table::{Key, Removal, Table, Update},
};

/// The sort key of the item.
pub(crate) const SK: &str = "profile";

/// The attribute with the profile as JSON.
const PROFILE: &str = "profile";

/// The attribute with its version.
const VERSION: &str = "version";

/// The attribute with the time at which the item ends, in seconds since 1970.
const EXPIRES: &str = "expires";

const SET: &str = "SET #profile = :profile, #version = :version";

const SET_WITH_EXPIRY: &str = "SET #profile = :profile, #version = :version, #expires = :expires";

/// Maximum number of keys in one BatchGetItem.
const KEYS: usize = 100;

/// [`Profiles`] in a DynamoDB table.
pub struct DynamoProfiles {
    table: Table,
}

impl DynamoProfiles {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    /// Stores a profile of a backup, unless the person has one.
    pub(crate) async fn restore(&self, person: &PersonId, profile: &StoredProfile) -> Result<()> {
        let doing = "restoring a profile";
        let stored = json(profile).map_err(Unavailable::while_doing(doing))?;
        let Key { pk, sk } = key(person);
        let version = number(profile.version);
        let mut item = item([("pk", text(pk)), ("sk", text(sk)), (PROFILE, stored), (VERSION, version)]);
        item.extend(expiry(profile).map(|expires| (EXPIRES.to_owned(), number(expires))));
        self.table.put_if_absent(item, doing).await.map(drop)
    }
}

#[async_trait]
impl Profiles for DynamoProfiles {
    async fn profile(&self, person: &PersonId) -> Result<StoredProfile> {
        let found = self.table.get(key(person), "reading a profile").await?;
        Ok(found.as_ref().map(to_profile).unwrap_or_default())
    }

    async fn appearances(&self, people: &[PersonId]) -> Result<HashMap<PersonId, Appearance>> {
        let doing = "reading the appearances of people";
        // DynamoDB accepts no key twice.
        let people: Vec<_> = people.iter().collect::<BTreeSet<_>>().into_iter().collect();
        let reads = people.chunks(KEYS).map(|people| async {
            let keys: Vec<Key> = people.iter().map(|person| key(person)).collect();
            self.table.get_many_eventually(&keys, doing).await
        });
        let items = try_join_all(reads).await?;
        let appearance = |item: &Item| {
            let person = item.get("pk")?.as_s().ok()?.strip_prefix("person#")?.parse().ok()?;
            Some((person, to_profile(item).appearance))
        };
        let appearances = items.iter().flatten().filter_map(appearance);
        Ok(appearances.filter(|(_, appearance)| !appearance.is_default()).collect())
    }

    async fn set_profile(&self, person: &PersonId, before: u64, profile: &StoredProfile) -> Result<bool> {
        let doing = "storing a profile";
        if profile.is_empty() {
            let removal = self.table.delete_if(key(person), Some((VERSION, number(before))), doing).await?;
            // If it is missing, an attempt whose answer was lost may have removed it.
            return Ok(!matches!(removal, Removal::Refused));
        }
        let stored = json(profile).map_err(Unavailable::while_doing(doing))?;
        let expires = expiry(profile);
        let update = self
            .table
            .updating(key(person))
            .update_expression(if expires.is_some() { SET_WITH_EXPIRY } else { SET })
            .expression_attribute_names("#profile", PROFILE)
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_values(":profile", stored)
            .expression_attribute_values(":version", number(profile.version));
        let update = match expires {
            Some(expires) => update
                .expression_attribute_names("#expires", EXPIRES)
                .expression_attribute_values(":expires", number(expires)),
            None => update,
        };
        let update = if before == 0 {
            update.condition_expression("attribute_not_exists(#version)")
        } else {
            let update = update.condition_expression("#version = :before");
            update.expression_attribute_values(":before", number(before))
        };
        // An attempt whose answer was lost finds its own version.
        Ok(match self.table.try_update(update, doing).await? {
            Update::Made(_) => true,
            Update::Refused(found) => found.is_some_and(|found| to_profile(&found) == *profile),
        })
    }
}

/// Returns what the item of a profile is for a backup.
pub(crate) fn backup_record(person: &str, item: &Item) -> Found {
    let profile = read_parsed(item, PROFILE, |json| serde_json::from_str::<StoredProfile>(json).ok()).ok();
    let record = |profile| Some(Record::Profile { person: person.parse().ok()?, profile, picture: None });
    Found::readable(profile.and_then(record))
}

fn key(person: &PersonId) -> Key {
    Key::new(format!("person#{person}"), SK)
}

/// Returns when the item of a profile ends.
fn expiry(profile: &StoredProfile) -> Option<u64> {
    profile.used.map(|used| (used + limits::PROFILE_LIFE).0 / 1000)
}

fn to_profile(item: &Item) -> StoredProfile {
    let version = read_number(item, VERSION).unwrap_or_default();
    let stored = read_parsed(item, PROFILE, |json| serde_json::from_str::<StoredProfile>(json).ok());
    match stored {
        Ok(stored) => StoredProfile { version, ..stored },
        Err(error) => {
            tracing::error!(%error, "profile that cannot be read; its person has none until they set it");
            StoredProfile::unreadable(version)
        }
    }
}

#[cfg(test)]
mod tests {
    use shared_types::Timestamp;

    use super::*;

    #[test]
    fn an_unreadable_profile_can_be_replaced() {
        for unreadable in [text(""), text("null"), number(7)] {
            let stored = item([(PROFILE, unreadable.clone()), (VERSION, number(3))]);
            assert_eq!(to_profile(&stored), StoredProfile::unreadable(3), "{unreadable:?}");
        }
        let stored = item([(PROFILE, text(r#"{"version":3,"status":"hi"}"#)), (VERSION, number(3))]);
        assert_eq!(to_profile(&stored).status, "hi".parse().ok());
    }

    #[test]
    fn a_profile_expires_400_days_after_its_last_use() {
        let used = StoredProfile { used: Some(Timestamp(1_764_540_000_000)), ..StoredProfile::default() };
        assert_eq!(expiry(&used), Some(1_764_540_000 + 400 * 24 * 60 * 60));
        assert_eq!(expiry(&StoredProfile::default()), None);
    }
}
