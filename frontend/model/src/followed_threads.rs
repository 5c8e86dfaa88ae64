//! The threads in which the visitor takes part, and up to where they have read them. Each device keeps its own; the server stores up to where
//! the visitor has read.
//!
//! A person takes part in a thread that they began, in which they wrote, or in which they were mentioned.

use std::cmp::Reverse;

use shared_types::{ChatMessage, PersonId, Seq, ThreadSummary, json};

use crate::sorted;

/// Maximum number of followed threads of a room. The oldest entries are dropped.
const MAX_FOLLOWED: usize = 200;

/// The followed threads of a room.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FollowedThreads(Vec<Followed>);

/// A followed thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Followed {
    /// The message that began it.
    root: Seq,
    /// The newest reply that was read.
    read: Seq,
    /// The newest reply of another person.
    newest: Seq,
}

impl FollowedThreads {
    /// Reads the stored threads: `[root, read, newest, root, …]`.
    pub fn from_stored(stored: Option<&str>) -> Self {
        let numbers: Vec<Seq> = stored.and_then(|stored| json::from_str(stored).ok()).unwrap_or_default();
        let entry = |entry: &[Seq]| match *entry {
            [root, read, newest] => Some(Followed { root, read, newest }),
            _ => None,
        };
        Self(numbers.chunks(3).filter_map(entry).collect())
    }

    /// Returns the threads for storage.
    pub fn to_stored(&self) -> String {
        let numbers = self.0.iter().flat_map(|followed| [followed.root, followed.read, followed.newest]);
        json::to_string(&numbers.collect::<Vec<Seq>>())
    }

    /// Applies a new message. Returns whether something changed.
    pub fn on_message(&mut self, message: &ChatMessage, me: &PersonId) -> bool {
        // A change of a message is nothing new.
        let Some(root) = message.thread.filter(|_| message.rev.0 == message.seq.0) else { return false };
        let is_mine = message.author.id == *me;
        let place = self.0.iter().position(|followed| followed.root == root);
        let is_my_thread =
            || message.reply_to.as_ref().is_some_and(|first| first.seq == root && first.author.id == *me);
        let concerns_me = || is_mine || is_my_thread() || message.mentions.iter().any(|person| person.id == *me);
        if place.is_none() && concerns_me() {
            self.follow(Followed { root, ..Followed::default() });
        }
        let Some(followed) = self.0.iter_mut().find(|followed| followed.root == root) else { return false };
        let before = *followed;
        let at = if is_mine { &mut followed.read } else { &mut followed.newest };
        *at = message.seq.max(*at);
        before != *followed
    }

    /// Applies the summary of a thread, which has replies that this page has not received. Of a thread that this device does not know yet,
    /// those after `line` are unread, up to which the visitor had read the room; none without a line. Returns whether something changed.
    pub fn on_root(&mut self, root: &ChatMessage, me: &PersonId, line: Option<Seq>) -> bool {
        let Some(summary) = &root.replies else { return false };
        let takes_part = || root.author.id == *me || summary.people.iter().any(|person| person.id == *me);
        if self.has(root.seq) || summary.count == 0 || !takes_part() {
            return self.on_summary(root.seq, summary);
        }
        let Some(newest) = summary.last() else { return false };
        let is_my_reply = summary.people.first().is_some_and(|last| last.id == *me);
        let read = line.filter(|_| !is_my_reply).unwrap_or(newest);
        self.follow(Followed { root: root.seq, read, newest });
        true
    }

    /// Applies the summary of a followed thread. Returns whether something changed.
    pub fn on_summary(&mut self, root: Seq, summary: &ThreadSummary) -> bool {
        let Some(newest) = summary.last() else { return false };
        let is_older = |followed: &&mut Followed| followed.root == root && followed.newest.max(followed.read) < newest;
        self.0.iter_mut().find(is_older).map(|followed| followed.newest = newest).is_some()
    }

    /// Whether a thread is followed.
    pub fn has(&self, root: Seq) -> bool {
        self.0.iter().any(|followed| followed.root == root)
    }

    fn follow(&mut self, followed: Followed) {
        self.0.push(followed);
        if self.0.len() > MAX_FOLLOWED {
            self.0.remove(0);
        }
    }

    /// Forgets a thread that does not exist any more.
    pub fn forget(&mut self, root: Seq) {
        self.0.retain(|followed| followed.root != root);
    }

    /// The first messages of the threads, that with the newest reply first.
    pub fn newest_first(&self) -> Vec<Seq> {
        let mut places = Vec::new();
        for Followed { root, read, newest } in &self.0 {
            sorted::insert(&mut places, Reverse((newest.max(read), root)));
        }
        places.into_iter().map(|Reverse((_, root))| *root).collect()
    }

    /// Up to where the visitor has read a followed thread.
    pub fn read(&self, root: Seq) -> Option<Seq> {
        self.0.iter().find(|followed| followed.root == root).map(|followed| followed.read)
    }

    /// The visitor has read a thread up to a reply. Returns whether something changed.
    pub fn mark_read(&mut self, root: Seq, reply: Seq) -> bool {
        let is_older = |followed: &&mut Followed| followed.root == root && followed.read < reply;
        self.0.iter_mut().find(is_older).map(|followed| followed.read = reply).is_some()
    }

    /// The first messages of the threads with unread replies.
    pub fn unread(&self) -> Vec<Seq> {
        self.0.iter().filter(|followed| followed.read < followed.newest).map(|followed| followed.root).collect()
    }
}

#[cfg(test)]
mod tests {
    use shared_types::{Person, Rev, ThreadSummary};

    use super::*;

    fn message(seq: u64) -> ChatMessage {
        let sent = format!(r#"{{"seq":{seq},"rev":{seq},"author":{{"id":"a","name":"A"}},"nonce":"n","sentAt":1}}"#);
        json::from_str(&sent).unwrap()
    }

    fn reply(root: u64, seq: u64, author: &str, mentions: &[&str]) -> ChatMessage {
        let person = |id: &str| Person {
            id: id.parse().unwrap(),
            name: id.parse().unwrap(),
            moderator: false,
            appearance: Default::default(),
        };
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
        assert_eq!([2, 9].map(|root| followed.read(Seq(root))), [Some(Seq(13)), None]);
        let edited = ChatMessage { rev: Rev(99), ..reply(1, 15, "bea", &[]) };
        assert!(!followed.on_message(&edited, &me()), "an edit is nothing new");
    }

    #[test]
    fn replies_to_the_visitor_s_own_message_are_unread() {
        let mut followed = FollowedThreads::default();
        let to = |author: &str| ChatMessage {
            reply_to: json::from_str(&format!(r#"{{"seq":1,"author":{{"id":"{author}","name":"X"}}}}"#)).ok(),
            ..reply(1, 10, "bea", &[])
        };
        assert!(!followed.on_message(&to("ann"), &me()));
        assert!(followed.on_message(&to("me"), &me()));
        assert_eq!(followed.unread(), [Seq(1)]);
    }

    #[test]
    fn a_thread_that_this_device_does_not_know_is_unread_after_the_line() {
        let person = |id: &str| reply(1, 10, id, &[]).author;
        for (author, people, line, expected) in [
            ("ann", vec!["bea"], Some(5), None),
            ("me", vec!["bea"], None, Some(false)),
            ("me", vec!["bea"], Some(5), Some(true)),
            ("me", vec!["bea"], Some(20), Some(false)),
            ("ann", vec!["bea", "me"], Some(5), Some(true)),
            ("ann", vec!["me", "bea"], Some(5), Some(false)),
        ] {
            let people = people.into_iter().map(person).collect();
            let summary = ThreadSummary { count: 2, people, recent: vec![Seq(10)], ..ThreadSummary::default() };
            let root = ChatMessage { author: person(author), replies: Some(summary), ..message(1) };
            let mut followed = FollowedThreads::default();
            assert_eq!(followed.on_root(&root, &me(), line.map(Seq)), expected.is_some());
            assert_eq!(followed.newest_first(), Vec::from_iter(expected.map(|_| Seq(1))));
            assert_eq!(followed.unread().len(), usize::from(expected == Some(true)), "{author} {line:?}");
        }
    }

    #[test]
    fn the_thread_with_the_newest_reply_is_the_first() {
        let mut followed = FollowedThreads::default();
        for (root, seq, author) in [(1, 10, "me"), (2, 11, "me"), (3, 12, "me"), (1, 13, "bea"), (2, 14, "me")] {
            followed.on_message(&reply(root, seq, author, &[]), &me());
        }
        assert_eq!(followed.newest_first(), [2, 1, 3].map(Seq));
        followed.forget(Seq(1));
        assert_eq!(followed.newest_first(), [2, 3].map(Seq));
    }

    #[test]
    fn a_summary_tells_of_replies_that_came_while_the_page_was_closed() {
        let mut followed = FollowedThreads::default();
        followed.on_message(&reply(1, 11, "me", &[]), &me());
        let root = |last: u64| {
            let recent = vec![Seq(11), Seq(last)];
            let summary = ThreadSummary { count: 2, recent, rev: Rev(last), ..ThreadSummary::default() };
            ChatMessage { replies: Some(summary), ..message(1) }
        };
        assert!(!followed.on_root(&root(11), &me(), None));
        assert!(followed.on_root(&root(20), &me(), None));
        assert_eq!(followed.unread(), [Seq(1)]);
        assert!(!followed.on_root(&ChatMessage { seq: Seq(2), ..root(20) }, &me(), None));
    }

    #[test]
    fn followed_threads_are_stored_and_the_oldest_are_dropped() {
        let mut followed = FollowedThreads::default();
        for root in 1..=MAX_FOLLOWED as u64 + 2 {
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
