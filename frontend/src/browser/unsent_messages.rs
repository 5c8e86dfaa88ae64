//! Unconfirmed messages, stored on the device, so that a reload or a crash of the browser does not lose them.
//!
//! Each message is one entry, so that two windows of a room do not overwrite each other's messages. If both windows
//! send a message, the server stores it once, because the nonce is the same. An entry belongs to its author: another
//! person on the same device neither sees nor sends it, and it is still there when its author returns.

use page_model::timeline::Draft;
use shared_types::{Nonce, PersonId, RoomName};
use web_sys::Storage;

use crate::browser::storage::local_storage;

/// The stored messages of one author in one room.
pub(crate) struct UnsentMessages {
    prefix: String,
    /// The entries of this page: keys and nonces.
    entries: Vec<(String, Nonce)>,
    /// Whether every unsent message has an entry.
    is_complete: bool,
}

impl UnsentMessages {
    /// Opens the entries of an author in a room. Returns the messages that earlier pages stored, oldest first.
    pub(crate) fn open(room: &RoomName, author: &PersonId) -> (Self, Vec<Draft>) {
        let prefix = ["unsent/", room.as_str(), "/", author.as_str(), "/"].concat();
        let mut entries = Vec::new();
        let mut drafts = Vec::new();
        if let Some(storage) = local_storage() {
            let keys = (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok()?);
            let mut keys: Vec<String> = keys.filter(|key| key.starts_with(&prefix)).collect();
            // Keys contain the time before the nonce, so this sorts by time. It has 13 digits until the year 2286.
            keys.sort_unstable();
            for key in keys {
                if let Some(draft) = read(&storage, &key) {
                    entries.push((key, draft.nonce.clone()));
                    drafts.push(draft);
                }
            }
        }
        (Self { prefix, entries, is_complete: true }, drafts)
    }

    /// Whether every unsent message is stored and survives a reload.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Updates the entries to the messages that are unsent at `now`, in milliseconds.
    pub(crate) fn update(&mut self, unsent: &[Draft], now: u64) {
        let Some(storage) = local_storage() else {
            self.is_complete = unsent.is_empty();
            return;
        };
        self.entries.retain(|(key, nonce)| {
            let is_unsent = unsent.iter().any(|draft| draft.nonce == *nonce);
            if !is_unsent {
                _ = storage.remove_item(key);
            }
            is_unsent
        });
        self.is_complete = true;
        for draft in unsent {
            if !self.entries.iter().any(|(_, stored)| *stored == draft.nonce) {
                let key = [&self.prefix, now.to_string().as_str(), "/", draft.nonce.as_str()].concat();
                // If storage is full or forbidden, the message lasts until the page is left. Later updates try again.
                match storage.set_item(&key, &write(draft)) {
                    Ok(()) => self.entries.push((key, draft.nonce.clone())),
                    Err(_) => self.is_complete = false,
                }
            }
        }
    }
}

fn write(draft: &Draft) -> String {
    serde_json::to_string(&(&draft.nonce, &draft.text, &draft.image, draft.reply_to)).unwrap_or_default()
}

fn read(storage: &Storage, key: &str) -> Option<Draft> {
    let (nonce, text, image, reply_to) = serde_json::from_str(&storage.get_item(key).ok()??).ok()?;
    Some(Draft { nonce, text, image, reply_to })
}
