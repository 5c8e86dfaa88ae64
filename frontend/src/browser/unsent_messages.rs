//! Unconfirmed messages, stored on the device, so that a reload or a crash of the browser does not lose them.
//!
//! Each message is one entry, so that two windows of a room do not overwrite each other's. A message that both send is still one
//! message, because it has one nonce. An entry belongs to its author: another person on the same device neither sees nor sends it,
//! and it is still there when its author returns.

use page_model::timeline::Draft;
use shared_types::{Nonce, PersonId, RoomName};
use web_sys::Storage;

use crate::browser::storage::local_storage;

/// The messages of one author in one room that this page keeps.
pub(crate) struct Unsent {
    prefix: String,
    /// The entries of this page: their keys and their messages.
    kept: Vec<(String, Nonce)>,
    /// Whether there is an entry for every message.
    whole: bool,
}

impl Unsent {
    /// Opens the storage of an author in a room and reads what an earlier page of theirs left, oldest first.
    pub(crate) fn open(room: &RoomName, author: &PersonId) -> (Self, Vec<Draft>) {
        let prefix = ["unsent/", room.as_str(), "/", author.as_str(), "/"].concat();
        let mut kept = Vec::new();
        let mut left = Vec::new();
        if let Some(storage) = local_storage() {
            let keys = (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok()?);
            let mut keys: Vec<String> = keys.filter(|key| key.starts_with(&prefix)).collect();
            // The time stands before the nonce, with as many digits for centuries to come.
            keys.sort_unstable();
            for key in keys {
                if let Some(draft) = read(&storage, &key) {
                    kept.push((key, draft.nonce.clone()));
                    left.push(draft);
                }
            }
        }
        (Self { prefix, kept, whole: true }, left)
    }

    /// Whether everything that is unsent would survive this page.
    pub(crate) fn is_whole(&self) -> bool {
        self.whole
    }

    /// Brings the entries up to date with what is not confirmed at `now`, in milliseconds.
    pub(crate) fn keep(&mut self, unsent: &[Draft], now: u64) {
        let Some(storage) = local_storage() else {
            self.whole = unsent.is_empty();
            return;
        };
        self.kept.retain(|(key, nonce)| {
            let wanted = unsent.iter().any(|draft| draft.nonce == *nonce);
            if !wanted {
                _ = storage.remove_item(key);
            }
            wanted
        });
        self.whole = true;
        for draft in unsent {
            if !self.kept.iter().any(|(_, kept)| *kept == draft.nonce) {
                let key = [&self.prefix, now.to_string().as_str(), "/", draft.nonce.as_str()].concat();
                // Where storage is full or forbidden, what is unsent lasts as long as the page, and there may be room later.
                match storage.set_item(&key, &write(draft)) {
                    Ok(()) => self.kept.push((key, draft.nonce.clone())),
                    Err(_) => self.whole = false,
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
