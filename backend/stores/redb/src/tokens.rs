//! One-use tokens in the database.

use std::sync::Arc;

use async_trait::async_trait;
use chat::ports::{
    Result,
    system::Clock,
    tokens::{LISTED, Redemption, Token, TokenHash, TokenKind, Tokens, newest_first},
};
use redb::{ReadableTable, Table, TableDefinition, WriteTransaction};
use shared_types::{PersonId, RoomName, Timestamp};

use crate::{
    messages::{decode, encode, open},
    store::Store,
};

/// A [`Token`] as JSON, by its kind and hash.
pub(crate) const TOKENS: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("tokens");

/// The same tokens by kind, room and hash, if they lead to a private room.
pub(crate) const OF_ROOMS: TableDefinition<'_, (&str, &str, &str), ()> = TableDefinition::new("tokens_of_rooms");

/// [`Tokens`] in a [`Store`].
pub struct RedbTokens {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl RedbTokens {
    /// Returns the tokens of a store.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// Changes a stored token in one transaction; returns `None` if there is none.
    async fn change<T: Send + 'static>(
        &self,
        doing: &'static str,
        (kind, hash): (TokenKind, TokenHash),
        change: impl FnOnce(&mut Token) -> T + Send + 'static,
    ) -> Result<Option<T>> {
        let key = hash.to_string();
        self.store
            .write(doing, move |transaction| {
                let mut tokens = transaction.open_table(TOKENS)?;
                let stored = tokens.get((kind.as_str(), key.as_str()))?.map(|token| decode::<Token>(token.value()));
                let Some(mut token) = stored.transpose()? else { return Ok(None) };
                let changed = change(&mut token);
                tokens.insert((kind.as_str(), key.as_str()), encode(&token)?.as_slice())?;
                Ok(Some(changed))
            })
            .await
    }
}

#[async_trait]
impl Tokens for RedbTokens {
    async fn create(&self, token: &Token) -> Result<()> {
        let (token, now) = (token.clone(), self.clock.now());
        self.store.write("writing a token", move |transaction| put(transaction, &token, now)).await
    }

    async fn redeem(&self, kind: TokenKind, hash: &TokenHash, by: &PersonId, now: Timestamp) -> Result<Redemption> {
        let by = by.clone();
        let redeemed = self.change("redeeming a token", (kind, *hash), move |token| match token.forgotten_at() > now {
            true => token.redeem(&by, now),
            false => Redemption::Unknown,
        });
        Ok(redeemed.await?.unwrap_or(Redemption::Unknown))
    }

    async fn find(&self, kind: TokenKind, hash: &TokenHash) -> Result<Option<Token>> {
        let key = hash.to_string();
        self.store
            .read("reading a token", move |transaction| {
                let Some(tokens) = open(transaction, TOKENS)? else { return Ok(None) };
                tokens.get((kind.as_str(), key.as_str()))?.map(|token| decode(token.value())).transpose()
            })
            .await
    }

    async fn revoke(&self, kind: TokenKind, hash: &TokenHash, now: Timestamp) -> Result<bool> {
        let revoked = self.change("revoking a token", (kind, *hash), move |token| {
            token.revoked_at.get_or_insert(now);
        });
        Ok(revoked.await?.is_some())
    }

    async fn list(&self, kind: TokenKind, limit: usize, now: Timestamp) -> Result<Vec<Token>> {
        self.store
            .read("listing tokens", move |transaction| {
                let Some(tokens) = open(transaction, TOKENS)? else { return Ok(Vec::new()) };
                // `g` sorts after every hexadecimal digit.
                let of_kind = tokens.range((kind.as_str(), "")..(kind.as_str(), "g"))?.take(LISTED);
                let of_kind = of_kind.map(|token| decode(token?.1.value())).collect::<std::result::Result<_, _>>()?;
                Ok(newest_first(of_kind, limit, now))
            })
            .await
    }

    async fn list_of_room(&self, kind: TokenKind, room: &RoomName, limit: usize, now: Timestamp) -> Result<Vec<Token>> {
        let room = room.clone();
        self.store
            .read("listing the tokens of a room", move |transaction| {
                let (Some(of_rooms), Some(tokens)) = (open(transaction, OF_ROOMS)?, open(transaction, TOKENS)?) else {
                    return Ok(Vec::new());
                };
                let (kind, room) = (kind.as_str(), room.as_str());
                let mut found = Vec::new();
                // `g` sorts after every hexadecimal digit.
                for entry in of_rooms.range((kind, room, "")..(kind, room, "g"))?.take(LISTED) {
                    let (key, ()) = {
                        let (key, value) = entry?;
                        (key, value.value())
                    };
                    if let Some(token) = tokens.get((kind, key.value().2))? {
                        found.push(decode(token.value())?);
                    }
                }
                Ok(newest_first(found, limit, now))
            })
            .await
    }
}

/// Number of tokens of its kind that a new one looks at, to remove those that are to be forgotten: less than a millisecond.
const CLEANED: usize = 200;

/// Writes a token. Nothing else would remove forgotten ones.
fn put(transaction: &WriteTransaction, token: &Token, now: Timestamp) -> std::result::Result<(), redb::Error> {
    let mut tokens = transaction.open_table(TOKENS)?;
    for key in forgotten(&tokens, token, now)? {
        tokens.remove((token.kind.as_str(), key.as_str()))?;
    }
    tokens.insert((token.kind.as_str(), token.hash.to_string().as_str()), encode(token)?.as_slice())?;
    if let Some(room) = &token.room {
        let mut of_rooms = transaction.open_table(OF_ROOMS)?;
        of_rooms.retain(|(kind, _, hash), ()| tokens.get((kind, hash)).is_ok_and(|token| token.is_some()))?;
        of_rooms.insert((token.kind.as_str(), room.as_str(), token.hash.to_string().as_str()), ())?;
    }
    Ok(())
}

/// Returns the hashes of forgotten tokens of the kind of a new one. It looks at [`CLEANED`] of them, those whose hashes follow the new one's and
/// then the first ones: hashes are random, so after some new tokens all have been looked at, however many a flood of challenges left.
fn forgotten(
    tokens: &Table<'_, (&'static str, &'static str), &'static [u8]>,
    token: &Token,
    now: Timestamp,
) -> std::result::Result<Vec<String>, redb::Error> {
    let (kind, hash) = (token.kind.as_str(), token.hash.to_string());
    // `g` sorts after every hexadecimal digit.
    let (after, before) =
        (tokens.range((kind, hash.as_str())..(kind, "g"))?, tokens.range((kind, "")..(kind, hash.as_str()))?);
    let mut found = Vec::new();
    for entry in after.chain(before).take(CLEANED) {
        let (key, stored) = entry?;
        if decode::<Token>(stored.value()).is_ok_and(|stored| stored.forgotten_at() > now) {
            continue;
        }
        found.push(key.value().1.to_owned());
    }
    Ok(found)
}
