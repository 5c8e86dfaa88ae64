//! The signing secrets in the connection table.

use async_trait::async_trait;
use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use chat::ports::{
    Result, Unavailable,
    backup::Record,
    secrets::{Keys, Secrets},
};
use shared_types::Timestamp;

use crate::{
    item::{Item, item, number, read_optional_number, text},
    messages::backup::Found,
    table::{Key, Table, Update},
};

const DOING: &str = "loading the signing secrets";

/// [`Secrets`] as one item of a DynamoDB table.
pub struct DynamoSecrets {
    table: Table,
}

#[async_trait]
impl Secrets for DynamoSecrets {
    async fn keep_first(&self, proposed: [u8; 32], now: Timestamp) -> Result<Keys> {
        // Only the first function of a stack finds nothing. All others avoid a write that would be rejected.
        if let Some(kept) = self.table.get(key(), DOING).await? {
            return keys_of(&kept);
        }
        let fresh = Keys { current: proposed, previous: None, made_at: now };
        let proposal = item([
            ("pk", text(key().pk)),
            ("sk", text(key().sk)),
            ("value", blob(&proposed)),
            ("madeAt", number(now.0)),
        ]);
        match self.table.put_if_absent(proposal, DOING).await? {
            None => Ok(fresh),
            Some(earlier) => keys_of(&earlier),
        }
    }

    async fn replace(&self, seen: &Keys, fresh: [u8; 32], now: Timestamp) -> Result<bool> {
        let update = self
            .table
            .updating(key())
            .update_expression("SET #value = :fresh, previous = :seen, madeAt = :now")
            .condition_expression("#value = :seen")
            .expression_attribute_names("#value", "value")
            .expression_attribute_values(":fresh", blob(&fresh))
            .expression_attribute_values(":seen", blob(&seen.current))
            .expression_attribute_values(":now", number(now.0));
        let update = self.table.try_update(update, "changing the signing secret").await?;
        Ok(matches!(update, Update::Made(_)))
    }
}

impl DynamoSecrets {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    /// Replaces whatever secrets there are: for the restore of a backup.
    pub(crate) async fn overwrite(&self, current: [u8; 32], previous: Option<[u8; 32]>, at: Timestamp) -> Result<()> {
        let Key { pk, sk } = key();
        let mut keys = item([("pk", text(pk)), ("sk", text(sk)), ("value", blob(&current)), ("madeAt", number(at.0))]);
        keys.extend(previous.map(|previous| ("previous".to_owned(), blob(&previous))));
        self.table.put(keys, "restoring the signing secrets").await
    }
}

/// Returns the record of the secrets, if this is their item.
pub(crate) fn backup_record(item: &Item) -> Found {
    match item.get("pk").and_then(|pk| pk.as_s().ok()) {
        Some(pk) if *pk == key().pk => {
            keys_of(item).map_or(Found::Unreadable, |keys| Found::Record(Record::of_keys(&keys)))
        }
        _ => Found::NotInBackups,
    }
}

fn key() -> Key {
    Key::new("secret", "secret")
}

fn blob(secret: &[u8; 32]) -> AttributeValue {
    AttributeValue::B(Blob::new(*secret))
}

fn keys_of(item: &Item) -> Result<Keys> {
    let secret = |attribute| {
        let bytes = item.get(attribute).and_then(|value| value.as_b().ok());
        bytes.and_then(|bytes| bytes.as_ref().try_into().ok())
    };
    let made_at = read_optional_number(item, "madeAt").map_err(Unavailable::while_doing(DOING))?;
    let malformed = || Unavailable { doing: DOING, cause: "the item secret has no value of 32 bytes".into() };
    Ok(Keys {
        current: secret("value").ok_or_else(malformed)?,
        previous: secret("previous"),
        // A secret of an older version has no time and counts as the oldest possible.
        made_at: Timestamp(made_at.unwrap_or_default()),
    })
}
