//! Profiles in the connection table, an item for each person who has one. It does not expire. It is below 1 KB: one read unit, and one write
//! unit.

use async_trait::async_trait;
use chat::ports::{
    Result, Unavailable,
    backup::Record,
    profiles::{Profiles, StoredProfile},
};
use shared_types::PersonId;

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
        let version = number(profile.version.into());
        let item = item([("pk", text(pk)), ("sk", text(sk)), (PROFILE, stored), (VERSION, version)]);
        self.table.put_if_absent(item, doing).await.map(drop)
    }
}

#[async_trait]
impl Profiles for DynamoProfiles {
    async fn profile(&self, person: &PersonId) -> Result<StoredProfile> {
        let found = self.table.get(key(person), "reading a profile").await?;
        Ok(found.as_ref().map(to_profile).unwrap_or_default())
    }

    async fn set_profile(&self, person: &PersonId, profile: &StoredProfile) -> Result<bool> {
        let doing = "storing a profile";
        let before = profile.version.wrapping_sub(1);
        if profile.is_empty() {
            let removal = self.table.delete_if(key(person), Some((VERSION, number(before.into()))), doing).await?;
            // If it is missing, an attempt whose answer was lost may have removed it.
            return Ok(!matches!(removal, Removal::Refused));
        }
        let stored = json(profile).map_err(Unavailable::while_doing(doing))?;
        let update = self
            .table
            .updating(key(person))
            .update_expression("SET #profile = :profile, #version = :version")
            .expression_attribute_names("#profile", PROFILE)
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_values(":profile", stored)
            .expression_attribute_values(":version", number(profile.version.into()));
        let update = if before == 0 {
            update.condition_expression("attribute_not_exists(#version)")
        } else {
            let update = update.condition_expression("#version = :before");
            update.expression_attribute_values(":before", number(before.into()))
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
}
