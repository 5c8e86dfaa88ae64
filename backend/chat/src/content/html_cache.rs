//! Keeps the HTML of messages, so that a message is rendered once and not with every page that shows it.

use std::{
    collections::HashMap,
    mem::{size_of, take},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use shared_types::{ChatMessage, Rev, RoomName, Seq};

use crate::content::markdown::html_of;

/// Maximum size of a cache, in bytes. A page has at most 124 KB of messages with their HTML, so the newest pages of 130 rooms fit,
/// and of several thousand rooms with usual messages. A function of 256 MB has room for it as well.
pub const CACHE_BYTES: usize = 16 * 1024 * 1024;

/// The HTML of messages, by room and seq, for the revision that was rendered last.
///
/// An edit or a deletion gives a message a new revision, and rendering that replaces the old HTML. A process that does not render
/// the new revision keeps the old HTML until it is displaced. It is only in memory and is never returned for another revision.
pub struct HtmlCache {
    entries: Mutex<Entries>,
    rendered: AtomicU64,
}

/// Two generations of entries, each of at most half the bytes. When the young one is full, it becomes the old one, and the entries
/// that were not used since the last time are dropped.
struct Entries {
    young: HashMap<Key, Entry>,
    old: HashMap<Key, Entry>,
    young_bytes: usize,
    max_bytes: usize,
}

type Key = (RoomName, Seq);

struct Entry {
    rev: Rev,
    html: Option<Box<str>>,
}

impl HtmlCache {
    /// Creates a cache of at most `max_bytes`.
    pub fn new(max_bytes: usize) -> Self {
        let entries = Entries { young: HashMap::new(), old: HashMap::new(), young_bytes: 0, max_bytes };
        Self { entries: Mutex::new(entries), rendered: AtomicU64::new(0) }
    }

    /// Sets the HTML of a message if it differs from plain text.
    pub fn with_html(&self, room: &RoomName, mut message: ChatMessage) -> ChatMessage {
        let Some(text) = &message.text else {
            // What was deleted is not kept.
            self.entries().remove(&(room.clone(), message.seq));
            message.html = None;
            return message;
        };
        let key = (room.clone(), message.seq);
        let kept = self.entries().get(&key, message.rev);
        message.html = kept.unwrap_or_else(|| {
            self.rendered.fetch_add(1, Ordering::Relaxed);
            let html = html_of(text.as_str(), &message.mentions);
            self.entries().insert(key, Entry { rev: message.rev, html: html.as_deref().map(Box::from) });
            html
        });
        message
    }

    /// Returns how many messages were rendered, because their HTML was not kept.
    pub fn rendered(&self) -> u64 {
        self.rendered.load(Ordering::Relaxed)
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    /// Returns the HTML of a revision; `None` if it is not kept.
    fn get(&mut self, key: &Key, rev: Rev) -> Option<Option<String>> {
        if let Some(entry) = self.old.remove(key) {
            self.insert(key.clone(), entry);
        }
        let entry = self.young.get(key).filter(|entry| entry.rev == rev)?;
        Some(entry.html.as_deref().map(String::from))
    }

    fn insert(&mut self, key: Key, entry: Entry) {
        self.remove(&key);
        let bytes = bytes_of(&key, &entry);
        if bytes > self.max_bytes / 2 {
            return;
        }
        if self.young_bytes + bytes > self.max_bytes / 2 {
            self.old = take(&mut self.young);
            self.young_bytes = 0;
        }
        self.young_bytes += bytes;
        self.young.insert(key, entry);
    }

    fn remove(&mut self, key: &Key) {
        self.old.remove(key);
        if let Some(entry) = self.young.remove(key) {
            self.young_bytes -= bytes_of(key, &entry);
        }
    }
}

/// Returns the bytes of an entry. A map has up to two places for each entry, of which one is empty.
fn bytes_of(key: &Key, entry: &Entry) -> usize {
    2 * size_of::<(Key, Entry)>() + key.0.as_str().len() + entry.html.as_ref().map_or(0, |html| html.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(seq: u64, rev: u64, text: &str) -> ChatMessage {
        serde_json::from_value(serde_json::json!({
            "seq": seq, "rev": rev, "author": { "id": "a", "name": "A" }, "nonce": "n", "text": text, "sentAt": 1,
        }))
        .unwrap()
    }

    fn html(cache: &HtmlCache, message: ChatMessage) -> Option<String> {
        cache.with_html(&RoomName::lobby(), message).html
    }

    #[test]
    fn a_message_is_rendered_once() {
        let cache = HtmlCache::new(CACHE_BYTES);
        for _ in 0..3 {
            assert_eq!(html(&cache, message(1, 1, "*a*")).as_deref(), Some("<p><em>a</em></p>"));
            assert_eq!(html(&cache, message(2, 2, "plain")), None);
        }
        assert_eq!(cache.rendered(), 2);
        let elsewhere = cache.with_html(&"cats".parse().unwrap(), message(1, 1, "*b*"));
        assert_eq!(elsewhere.html.as_deref(), Some("<p><em>b</em></p>"));
    }

    #[test]
    fn an_edit_replaces_the_kept_html() {
        let cache = HtmlCache::new(CACHE_BYTES);
        html(&cache, message(1, 1, "*a*"));
        assert_eq!(html(&cache, message(1, 5, "*b*")).as_deref(), Some("<p><em>b</em></p>"));
        assert_eq!(cache.entries().young.len(), 1);
    }

    #[test]
    fn the_html_of_a_deleted_message_is_dropped() {
        let cache = HtmlCache::new(CACHE_BYTES);
        html(&cache, message(1, 1, "*a*"));
        let deleted = ChatMessage { text: None, deleted: true, ..message(1, 5, "x") };
        assert_eq!(html(&cache, deleted), None);
        let entries = cache.entries();
        assert_eq!((entries.young.len(), entries.young_bytes), (0, 0));
    }

    #[test]
    fn a_cache_is_bounded_and_keeps_what_is_used() {
        let cache = HtmlCache::new(64 * 1024);
        for seq in 1..=1_000 {
            html(&cache, message(seq, seq, &format!("*{}*", "a".repeat(500))));
            html(&cache, message(1, 1, "used often"));
            let entries = cache.entries();
            let all = entries.young.iter().chain(&entries.old);
            assert!(all.map(|(key, entry)| bytes_of(key, entry)).sum::<usize>() <= 64 * 1024);
        }
        assert_eq!(cache.rendered(), 1_000, "the message that is used often is kept");
    }
}
