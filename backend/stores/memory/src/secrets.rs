//! The signing secret in memory.

use std::sync::Mutex;

use async_trait::async_trait;
use chat::ports::{
    Result,
    secrets::{Keys, Secrets},
};
use shared_types::Timestamp;

/// [`Secrets`] in memory.
#[derive(Default)]
pub struct MemorySecrets(Mutex<Option<Keys>>);

#[async_trait]
impl Secrets for MemorySecrets {
    async fn keep_first(&self, proposed: [u8; 32], now: Timestamp) -> Result<Keys> {
        let fresh = Keys { current: proposed, previous: None, made_at: now };
        Ok(*self.0.lock().unwrap().get_or_insert(fresh))
    }

    async fn replace(&self, seen: &Keys, fresh: [u8; 32], now: Timestamp) -> Result<bool> {
        let mut kept = self.0.lock().unwrap();
        let is_seen = *kept == Some(*seen);
        if is_seen {
            *kept = Some(Keys { current: fresh, previous: Some(seen.current), made_at: now });
        }
        Ok(is_seen)
    }
}
