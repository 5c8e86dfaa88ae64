//! The signing secrets in the database.

use chat::ports::{
    Result,
    secrets::{Keys, Secrets},
};
use redb::{ReadableTable, TableDefinition, WriteTransaction};
use shared_types::Timestamp;

use crate::store::Store;

/// The secrets, by name: `signing` and `previous`.
pub(super) const SECRETS: TableDefinition<'_, &str, &[u8; 32]> = TableDefinition::new("secrets");
/// When a secret was made, in milliseconds since 1970.
pub(super) const SECRET_TIMES: TableDefinition<'_, &str, u64> = TableDefinition::new("secret_times");

#[async_trait::async_trait]
impl Secrets for Store {
    async fn keep_first(&self, proposed: [u8; 32], now: Timestamp) -> Result<Keys> {
        self.write("keeping the signing secret", move |transaction| {
            if let Some(kept) = kept_secrets(transaction)? {
                return Ok(kept);
            }
            let fresh = Keys { current: proposed, previous: None, made_at: now };
            keep_secrets(transaction, &fresh)?;
            Ok(fresh)
        })
        .await
    }

    async fn replace(&self, seen: &Keys, fresh: [u8; 32], now: Timestamp) -> Result<bool> {
        let seen = *seen;
        self.write("changing the signing secret", move |transaction| {
            if kept_secrets(transaction)? != Some(seen) {
                return Ok(false);
            }
            keep_secrets(transaction, &Keys { current: fresh, previous: Some(seen.current), made_at: now })?;
            Ok(true)
        })
        .await
    }
}

fn kept_secrets(transaction: &WriteTransaction) -> std::result::Result<Option<Keys>, redb::Error> {
    let (secrets, times) = (transaction.open_table(SECRETS)?, transaction.open_table(SECRET_TIMES)?);
    let Some(current) = secrets.get("signing")?.map(|kept| *kept.value()) else { return Ok(None) };
    let previous = secrets.get("previous")?.map(|kept| *kept.value());
    let made_at = Timestamp(times.get("signing")?.map(|at| at.value()).unwrap_or_default());
    Ok(Some(Keys { current, previous, made_at }))
}

pub(super) fn keep_secrets(transaction: &WriteTransaction, keys: &Keys) -> std::result::Result<(), redb::Error> {
    let mut secrets = transaction.open_table(SECRETS)?;
    secrets.insert("signing", &keys.current)?;
    if let Some(previous) = &keys.previous {
        secrets.insert("previous", previous)?;
    }
    transaction.open_table(SECRET_TIMES)?.insert("signing", keys.made_at.0)?;
    Ok(())
}
