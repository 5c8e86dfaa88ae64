//! What the visitor has written in threads of a room and not sent. Each device keeps its own.

use shared_types::{Seq, json};

/// Maximum number of drafts of a room. The oldest are dropped.
const MAX_DRAFTS: usize = 20;

/// The drafts of a room, those that were changed last at the end.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ReplyDrafts(Vec<ReplyDraft>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct ReplyDraft {
    /// The message that began the thread.
    root: Seq,
    text: String,
}

impl ReplyDrafts {
    /// Reads the stored drafts: `[root, text, root, …]`.
    pub fn from_stored(stored: Option<&str>) -> Self {
        let texts: Vec<String> = stored.and_then(|stored| json::from_str(stored).ok()).unwrap_or_default();
        let draft = |entry: &[String]| match entry {
            [root, text] => Some(ReplyDraft { root: Seq(root.parse().ok()?), text: text.clone() }),
            _ => None,
        };
        Self(texts.chunks(2).filter_map(draft).collect())
    }

    /// Returns the drafts for storage; an empty text if there are none.
    pub fn to_stored(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let texts = self.0.iter().flat_map(|draft| [draft.root.0.to_string(), draft.text.clone()]);
        json::to_string(&texts.collect::<Vec<String>>())
    }

    /// Returns the draft of a thread.
    pub fn of(&self, root: Seq) -> &str {
        self.0.iter().find(|draft| draft.root == root).map_or("", |draft| &draft.text)
    }

    /// Returns all drafts, that which was changed last at the end.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|draft| draft.text.as_str())
    }

    /// Sets the draft of a thread. An empty one is removed.
    pub fn set(&mut self, root: Seq, text: &str) {
        self.0.retain(|draft| draft.root != root);
        if !text.is_empty() {
            self.0.push(ReplyDraft { root, text: text.to_owned() });
        }
        let surplus = self.0.len().saturating_sub(MAX_DRAFTS);
        self.0.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thread_has_its_own_draft_until_it_is_empty() {
        let mut drafts = ReplyDrafts::default();
        drafts.set(Seq(1), "one");
        drafts.set(Seq(2), "two \"quoted\"");
        drafts.set(Seq(1), "one more");
        let mut stored = ReplyDrafts::from_stored(Some(&drafts.to_stored()));
        assert_eq!(stored, drafts);
        assert_eq!([1, 2, 3].map(|root| stored.of(Seq(root))), ["one more", "two \"quoted\"", ""]);
        stored.set(Seq(1), "");
        stored.set(Seq(2), "");
        assert_eq!(stored.to_stored(), "");
        for spoilt in [None, Some(""), Some("{}"), Some("[1]"), Some(r#"["1"]"#), Some(r#"["x", "y"]"#)] {
            assert_eq!(ReplyDrafts::from_stored(spoilt), ReplyDrafts::default());
        }
    }

    #[test]
    fn the_oldest_drafts_are_dropped() {
        let mut drafts = ReplyDrafts::default();
        for root in 1..=20 {
            drafts.set(Seq(root), "text");
        }
        drafts.set(Seq(1), "changed");
        drafts.set(Seq(21), "text");
        assert_eq!([1, 2, 21].map(|root| drafts.of(Seq(root))), ["changed", "", "text"]);
    }
}
