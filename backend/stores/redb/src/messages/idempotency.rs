//! Claims, by their author: the right of a message to its place is also the list of what somebody wrote.

use chat::ports::{
    Result,
    messages::{IdempotencyRecord, MessageKey},
};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, TableHandle};
use shared_types::{PersonId, Rev, Timestamp};

use crate::{
    messages::{RedbMessages, open},
    store::WriteDurability,
};

/// `(rev, at)` by author, room and nonce.
pub(crate) const CLAIMS: TableDefinition<'_, (&str, &str, &str), (u64, u64)> = TableDefinition::new("claims_by_author");
/// `(rev, at, until)` of those that were given up, by author, room and nonce.
pub(crate) const GIVEN_UP: TableDefinition<'_, (&str, &str, &str), (u64, u64, u64)> =
    TableDefinition::new("claims_given_up");
/// Where older versions had them: by room, author and nonce.
const BY_ROOM: TableDefinition<'_, (&str, &str, &str), (u64, u64)> = TableDefinition::new("claims");

/// Takes over the claims of an older version, all at once or not at all.
pub(in super::super) fn take_over(database: &Database) -> std::result::Result<(), redb::Error> {
    let is_there = database.begin_read()?.list_tables()?.any(|table| table.name() == BY_ROOM.name());
    if !is_there {
        return Ok(());
    }
    let transaction = database.begin_write()?;
    {
        let (old, mut claims) = (transaction.open_table(BY_ROOM)?, transaction.open_table(CLAIMS)?);
        for entry in old.iter()? {
            let (key, claim) = entry?;
            let (room, author, nonce) = key.value();
            claims.insert((author, room, nonce), claim.value())?;
        }
    }
    transaction.delete_table(BY_ROOM)?;
    transaction.commit()?;
    Ok(())
}

impl RedbMessages {
    /// Writes the claim unless one holds of which `stands` is true; answers with the one that holds then.
    pub(crate) async fn claim_unless(
        &self,
        message_key: &MessageKey,
        claim: IdempotencyRecord,
        stands: impl FnOnce(IdempotencyRecord) -> bool + Send + 'static,
    ) -> Result<IdempotencyRecord> {
        let MessageKey { room, author, nonce } = message_key.clone();
        self.store
            .write("claiming a place", WriteDurability::Later, move |transaction| {
                let key = (author.as_str(), room.as_str(), nonce.as_str());
                let mut claims = transaction.open_table(CLAIMS)?;
                let holds = claims.get(key)?.map(|holds| claim_of(holds.value()));
                let given_up = || match transaction.open_table(GIVEN_UP)?.get(key)? {
                    Some(holds) => Ok::<_, redb::Error>(Some(claim_of((holds.value().0, holds.value().1)))),
                    None => Ok(None),
                };
                let holds = match holds {
                    Some(holds) => Some(holds),
                    None => given_up()?,
                };
                match holds {
                    Some(holds) if stands(holds) => Ok(holds),
                    _ => {
                        transaction.open_table(GIVEN_UP)?.remove(key)?;
                        claims.insert(key, (claim.rev.0, claim.at.0))?;
                        Ok(claim)
                    }
                }
            })
            .await
    }

    pub(crate) async fn claims_after(
        &self,
        author: &PersonId,
        after: Option<&MessageKey>,
        limit: usize,
    ) -> Result<Vec<(MessageKey, IdempotencyRecord)>> {
        let (whose, after, oldest) = (author.clone(), after.cloned(), self.oldest_kept());
        let found = self.store.read("reading what somebody wrote", move |transaction| {
            let Some(claims) = open(transaction, CLAIMS)? else { return Ok(Vec::new()) };
            let first = after.as_ref().map_or(("", ""), |after| (after.room.as_str(), after.nonce.as_str()));
            let mut found = Vec::new();
            for entry in claims.range((whose.as_str(), first.0, first.1)..)? {
                let (key, claim) = entry?;
                let (author, room, nonce) = key.value();
                if author != whose.as_str() || found.len() >= limit {
                    break;
                }
                let claim = claim_of(claim.value());
                if (room, nonce) > first && claim.at >= oldest {
                    found.extend(named(&whose, room, nonce).map(|message_key| (message_key, claim)));
                }
            }
            Ok(found)
        });
        found.await
    }

    pub(crate) async fn give_up_claim(&self, message_key: &MessageKey, until: Timestamp) -> Result<()> {
        let MessageKey { room, author, nonce } = message_key.clone();
        self.store
            .write("giving up a claim", WriteDurability::Now, move |transaction| {
                let key = (author.as_str(), room.as_str(), nonce.as_str());
                if let Some(claim) = transaction.open_table(CLAIMS)?.remove(key)? {
                    let (rev, at) = claim.value();
                    transaction.open_table(GIVEN_UP)?.insert(key, (rev, at, until.0))?;
                }
                Ok(())
            })
            .await
    }
}

/// What a key names. One that can't be read is left out and logged: it must not keep its author from all the others.
fn named(author: &PersonId, room: &str, nonce: &str) -> Option<MessageKey> {
    let message_key = room.parse().ok().zip(nonce.parse().ok());
    if message_key.is_none() {
        tracing::error!(%author, "left out a claim whose room or nonce can't be read");
    }
    message_key.map(|(room, nonce)| MessageKey { room, author: author.clone(), nonce })
}

fn claim_of((rev, at): (u64, u64)) -> IdempotencyRecord {
    IdempotencyRecord { rev: Rev(rev), at: Timestamp(at) }
}
