//! Unconfirmed messages, stored on the device, so that a reload or a crash of the browser does not lose them.
//!
//! Each message is one entry, so that two windows of a room do not overwrite each other's messages. If both windows
//! send a message, the server stores it once, because the nonce is the same. An entry belongs to its author: another
//! person on the same device neither sees nor sends it, and it is still there when its author returns.

use page_model::timeline::Draft;
use shared_types::{Nonce, PersonId, RoomName};

use crate::browser::storage;

/// The stored messages of one author in one room.
pub(crate) struct UnsentMessages {
    prefix: String,
    entries: Vec<Entry>,
}

/// The entry of an unsent message.
struct Entry {
    key: String,
    nonce: Nonce,
    /// Whether it survives a reload. If storage is full or forbidden, it lasts until the page is left.
    is_stored: bool,
}

impl UnsentMessages {
    /// Opens the entries of an author in a room. Returns the messages that earlier pages stored, oldest first.
    pub(crate) fn open(room: &RoomName, author: &PersonId) -> (Self, Vec<Draft>) {
        let prefix = ["unsent/", room.as_str(), "/", author.as_str(), "/"].concat();
        let device = storage::device();
        let mut entries = Vec::new();
        let mut drafts = Vec::new();
        // Keys contain the time before the nonce, so they are sorted by time. It has 13 digits until the year 2286.
        for key in device.keys(&prefix) {
            if let Some(draft) = device.get(&key).and_then(|entry| read(&entry)) {
                entries.push(Entry { key, nonce: draft.nonce.clone(), is_stored: false });
                drafts.push(draft);
            }
        }
        (Self { prefix, entries }, drafts)
    }

    /// Whether every unsent message is stored and survives a reload.
    pub(crate) fn is_complete(&self) -> bool {
        self.entries.iter().all(|entry| entry.is_stored)
    }

    /// Updates the entries to the messages that are unsent at `now`, in milliseconds.
    pub(crate) fn update(&mut self, unsent: &[Draft], now: u64) {
        let device = storage::device();
        self.entries.retain(|Entry { key, nonce, .. }| {
            let is_unsent = unsent.iter().any(|draft| draft.nonce == *nonce);
            if !is_unsent {
                device.remove(key);
            }
            is_unsent
        });
        for draft in unsent {
            let entry = self.entry(draft, now);
            // An entry that could not be stored is tried again.
            entry.is_stored = entry.is_stored || device.set(&entry.key, &write(draft));
        }
    }

    /// Returns the entry of a message. A new one gets a key with the time `now`.
    fn entry(&mut self, draft: &Draft, now: u64) -> &mut Entry {
        let known = self.entries.iter().position(|entry| entry.nonce == draft.nonce);
        let index = known.unwrap_or_else(|| {
            let key = [&self.prefix, now.to_string().as_str(), "/", draft.nonce.as_str()].concat();
            self.entries.push(Entry { key, nonce: draft.nonce.clone(), is_stored: false });
            self.entries.len() - 1
        });
        &mut self.entries[index]
    }
}

fn write(draft: &Draft) -> String {
    serde_json::to_string(&(&draft.nonce, &draft.text, &draft.image, draft.reply_to)).unwrap_or_default()
}

fn read(entry: &str) -> Option<Draft> {
    let (nonce, text, image, reply_to) = serde_json::from_str(entry).ok()?;
    Some(Draft { nonce, text, image, reply_to })
}
