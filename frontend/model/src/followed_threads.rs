//! The threads in which the visitor wrote or was mentioned, and up to where they have read them. Each device keeps its own.

use std::collections::BTreeMap;

use shared_types::{ChatMessage, PersonId, Seq, json};

/// Maximum number of followed threads of a room. The oldest ones go first.
const MOST: usize = 200;

/// The followed threads of a room.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FollowedThreads {
    /// The newest reply that was read and the newest one of another person, by the message that began the thread.
    threads: BTreeMap<Seq, Position>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Position {
    read: Seq,
    newest: Seq,
}

impl FollowedThreads {
    /// Reads the stored threads: `[root, read, newest, root, …]`.
    pub fn from_stored(stored: Option<&str>) -> Self {
        let numbers: Vec<Seq> = stored.and_then(|stored| json::from_str(stored).ok()).unwrap_or_default();
        let entry = |entry: &[Seq]| match *entry {
            [root, read, newest] => Some((root, Position { read, newest })),
            _ => None,
        };
        Self { threads: numbers.chunks(3).filter_map(entry).collect() }
    }

    /// Returns the threads for storage.
    pub fn to_stored(&self) -> String {
        let numbers = self.threads.iter().flat_map(|(root, at)| [*root, at.read, at.newest]);
        json::to_string(&numbers.collect::<Vec<Seq>>())
    }

    /// Applies a message. Returns whether something changed.
    pub fn on_message(&mut self, message: &ChatMessage, me: &PersonId) -> bool {
        // A change of a message is nothing new.
        let Some(root) = message.thread.filter(|_| message.rev.0 == message.seq.0) else { return false };
        let is_mine = message.author.id == *me;
        let concerns_me = is_mine || message.mentions.iter().any(|person| person.id == *me);
        if !concerns_me && !self.threads.contains_key(&root) {
            return false;
        }
        let at = self.threads.entry(root).or_default();
        let before = *at;
        if is_mine {
            at.read = at.read.max(message.seq);
        } else {
            at.newest = at.newest.max(message.seq);
        }
        let has_changed = before != *at;
        while self.threads.len() > MOST {
            self.threads.pop_first();
        }
        has_changed
    }

    /// Applies the summary of a thread, which has replies that this page has not received. Returns whether something changed.
    pub fn on_root(&mut self, root: &ChatMessage) -> bool {
        let newest = root.replies.as_ref().and_then(|summary| summary.last());
        let (Some(newest), Some(at)) = (newest, self.threads.get_mut(&root.seq)) else { return false };
        let is_newer = at.newest < newest && at.read < newest;
        if is_newer {
            at.newest = newest;
        }
        is_newer
    }

    /// The visitor has read a thread up to a reply. Returns whether something changed.
    pub fn mark_read(&mut self, root: Seq, reply: Seq) -> bool {
        let Some(at) = self.threads.get_mut(&root).filter(|at| at.read < reply) else { return false };
        at.read = reply;
        true
    }

    /// The first messages of the threads with unread replies.
    pub fn unread(&self) -> Vec<Seq> {
        self.threads.iter().filter(|(_, at)| at.read < at.newest).map(|(root, _)| *root).collect()
    }
}

#[cfg(test)]
mod tests {
    use shared_types::{Person, Rev, ThreadSummary, Timestamp};

    use super::*;

    fn message(seq: u64) -> ChatMessage {
        let sent = format!(r#"{{"seq":{seq},"rev":{seq},"author":{{"id":"a","name":"A"}},"nonce":"n","sentAt":1}}"#);
        json::from_str(&sent).unwrap()
    }

    fn reply(root: u64, seq: u64, author: &str, mentions: &[&str]) -> ChatMessage {
        let person = |id: &str| Person { id: id.parse().unwrap(), name: id.parse().unwrap(), moderator: false };
        let mentions = mentions.iter().map(|id| person(id)).collect();
        ChatMessage { thread: Some(Seq(root)), author: person(author), mentions, ..message(seq) }
    }

    fn me() -> PersonId {
        "me".parse().unwrap()
    }

    #[test]
    fn only_threads_in_which_the_visitor_wrote_or_was_mentioned_are_unread() {
        let mut followed = FollowedThreads::default();
        for (reply, unread) in [
            (reply(1, 10, "bea", &[]), vec![]),
            (reply(1, 11, "me", &[]), vec![]),
            (reply(1, 12, "bea", &[]), vec![Seq(1)]),
            (reply(2, 13, "bea", &["me"]), vec![Seq(1), Seq(2)]),
            (reply(1, 14, "me", &[]), vec![Seq(2)]),
            (reply(1, 12, "bea", &[]), vec![Seq(2)]),
        ] {
            followed.on_message(&reply, &me());
            assert_eq!(followed.unread(), unread, "{:?}", reply.seq);
        }
        assert!(followed.mark_read(Seq(2), Seq(13)) && !followed.mark_read(Seq(2), Seq(13)));
        assert_eq!(followed.unread(), []);
        assert!(!followed.mark_read(Seq(9), Seq(13)), "it is not followed");
        let edited = ChatMessage { rev: Rev(99), ..reply(1, 15, "bea", &[]) };
        assert!(!followed.on_message(&edited, &me()), "an edit is nothing new");
    }

    #[test]
    fn a_summary_tells_of_replies_that_came_while_the_page_was_closed() {
        let mut followed = FollowedThreads::default();
        followed.on_message(&reply(1, 11, "me", &[]), &me());
        let root = |last: u64| {
            let recent = vec![Seq(11), Seq(last)];
            let summary = ThreadSummary { count: 2, people: vec![], recent, last_at: Timestamp(0), rev: Rev(last) };
            ChatMessage { replies: Some(summary), ..message(1) }
        };
        assert!(!followed.on_root(&root(11)));
        assert!(followed.on_root(&root(20)));
        assert_eq!(followed.unread(), [Seq(1)]);
        assert!(!followed.on_root(&ChatMessage { seq: Seq(2), ..root(20) }));
    }

    #[test]
    fn followed_threads_are_stored_and_the_oldest_are_dropped() {
        let mut followed = FollowedThreads::default();
        for root in 1..=MOST as u64 + 2 {
            followed.on_message(&reply(root, 1_000 + root, "me", &[]), &me());
        }
        let stored = followed.to_stored();
        assert!(stored.starts_with("[3,1003,0,4,"), "{stored}");
        assert_eq!(FollowedThreads::from_stored(Some(&stored)), followed);
        for bad in [None, Some(""), Some("{}"), Some("[1,2]"), Some("[\"x\",1,2]")] {
            assert_eq!(FollowedThreads::from_stored(bad), FollowedThreads::default(), "{bad:?}");
        }
    }
}
