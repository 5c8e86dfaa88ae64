//! One-use tokens in memory.

use std::{collections::BTreeMap, sync::Mutex};

use async_trait::async_trait;
use chat::ports::{
    Result,
    tokens::{LISTED, Redemption, Token, TokenHash, TokenKind, Tokens, newest_first},
};
use shared_types::{PersonId, RoomName, Timestamp};

/// [`Tokens`] in memory. They are never removed.
#[derive(Default)]
pub struct MemoryTokens(Mutex<BTreeMap<(TokenKind, TokenHash), Token>>);

#[async_trait]
impl Tokens for MemoryTokens {
    async fn create(&self, token: &Token) -> Result<()> {
        self.0.lock().unwrap().insert((token.kind, token.hash), token.clone());
        Ok(())
    }

    async fn redeem(&self, kind: TokenKind, hash: &TokenHash, by: &PersonId, now: Timestamp) -> Result<Redemption> {
        let mut tokens = self.0.lock().unwrap();
        let token = tokens.get_mut(&(kind, *hash)).filter(|token| token.forgotten_at() > now);
        Ok(token.map_or(Redemption::Unknown, |token| token.redeem(by, now)))
    }

    async fn find(&self, kind: TokenKind, hash: &TokenHash) -> Result<Option<Token>> {
        Ok(self.0.lock().unwrap().get(&(kind, *hash)).cloned())
    }

    async fn revoke(&self, kind: TokenKind, hash: &TokenHash, now: Timestamp) -> Result<bool> {
        let mut tokens = self.0.lock().unwrap();
        let Some(token) = tokens.get_mut(&(kind, *hash)) else { return Ok(false) };
        token.revoked_at.get_or_insert(now);
        Ok(true)
    }

    async fn list(&self, kind: TokenKind, limit: usize, now: Timestamp) -> Result<Vec<Token>> {
        let tokens = self.0.lock().unwrap();
        let of_kind = tokens.values().filter(|token| token.kind == kind).take(LISTED).cloned().collect();
        Ok(newest_first(of_kind, limit, now))
    }

    async fn list_of_room(&self, kind: TokenKind, room: &RoomName, limit: usize, now: Timestamp) -> Result<Vec<Token>> {
        let tokens = self.0.lock().unwrap();
        let is_of_room = |token: &&Token| token.kind == kind && token.room.as_ref() == Some(room);
        let of_room = tokens.values().filter(is_of_room).take(LISTED).cloned().collect();
        Ok(newest_first(of_room, limit, now))
    }
}
