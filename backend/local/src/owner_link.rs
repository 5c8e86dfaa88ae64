//! Owner links: one at the start of a chat without an owner, and the command `owner-link`.

use std::{error::Error, path::Path, sync::Arc};

use chat::{
    access::owner_link::OwnerLinks,
    ports::{Result as PortResult, moderation::Moderation},
};
use platform::system::{SystemClock, SystemEntropy};
use shared_types::{Role, limits};
use store_redb::{moderation::RedbModeration, store::Store, tokens::RedbTokens};

/// Returns the owner links of a store.
pub fn of_store(store: Store) -> OwnerLinks {
    let clock = Arc::new(SystemClock);
    OwnerLinks { tokens: Arc::new(RedbTokens::new(store, clock.clone())), clock, entropy: Arc::new(SystemEntropy) }
}

/// Makes an owner link if the chat has no owner. Returns its path.
///
/// # Errors
///
/// `Unavailable` when the store did not answer.
pub async fn for_first_start(store: &Store) -> PortResult<Option<String>> {
    let roles = RedbModeration::new(store.clone(), Arc::new(SystemClock)).roles(limits::ROLES).await?;
    if roles.iter().any(|entry| entry.role == Role::Owner) {
        return Ok(None);
    }
    of_store(store.clone()).create().await.map(Some)
}

/// Makes an owner link for a data directory. If a server runs on it, the server makes the link, because no other process can open its
/// database. Returns the link, or its path if no server runs.
///
/// # Errors
///
/// A sentence that says what cannot be read or written.
pub async fn make(data: &Path) -> Result<String, Box<dyn Error>> {
    if !data.join("chat.redb").try_exists()? {
        return Err(format!("there is no chat in {}: name its data directory with --data", data.display()).into());
    }
    #[cfg(unix)]
    if let Some(link) = super::control::ask_for_owner_link(data)? {
        return Ok(link);
    }
    Ok(of_store(Store::open(data)?).create().await?)
}
