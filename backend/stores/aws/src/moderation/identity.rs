//! Name and icon of the chat: one item of the connection table.

use std::sync::Mutex;

use chat::ports::{Result, Unavailable, moderation::UNIQUE_NAMES_AGE};
use shared_types::{ChatIdentity, Timestamp};

use crate::{
    item::{Item, Malformed, item, json, read_or_skip, read_parsed, text},
    table::{Key, Table},
};

/// The partition of facts about the whole chat.
pub(crate) const PK: &str = "chat";

/// The sort key of the item, and its attribute.
pub(super) const IDENTITY: &str = "identity";

/// Whether names are unique, as this process read it last.
#[derive(Default)]
pub(super) struct UniqueNamesCache(Mutex<Option<(Timestamp, bool)>>);

impl UniqueNamesCache {
    /// Returns what was read less than [`UNIQUE_NAMES_AGE`] ago.
    pub(super) fn get(&self, now: Timestamp) -> Option<bool> {
        let (at, known) = (*self.0.lock().ok()?)?;
        (now.since(at) < UNIQUE_NAMES_AGE).then_some(known)
    }

    pub(super) fn set(&self, now: Timestamp, known: bool) {
        if let Ok(mut cached) = self.0.lock() {
            *cached = Some((now, known));
        }
    }
}

/// Reads name and icon, eventually consistent, which is half a read unit. Unreadable ones are logged and left out.
pub(super) async fn get(table: &Table) -> Result<ChatIdentity> {
    let found = table.get_eventually(Key::new(PK, IDENTITY), "reading the name of the chat").await?;
    Ok(found.and_then(|item| read_or_skip(&item, to_identity)).unwrap_or_default())
}

pub(super) async fn set(table: &Table, identity: &ChatIdentity) -> Result<()> {
    let doing = "writing the name of the chat";
    let identity = json(identity).map_err(Unavailable::while_doing(doing))?;
    table.put(item([("pk", text(PK)), ("sk", text(IDENTITY)), (IDENTITY, identity)]), doing).await
}

pub(super) fn to_identity(item: &Item) -> std::result::Result<ChatIdentity, Malformed> {
    read_parsed(item, IDENTITY, |json| serde_json::from_str(json).ok())
}
