//! Threads: the line under the message that began one, and the thread that is shown beside the log.
//!
//! The server does not send the summary of a thread again for each reply: a page adds the replies that it has and that the summary does
//! not count. So nothing is counted twice, whatever arrives how often.

use shared_types::{ChatMessage, ClientMessage, Person, Seq, Timestamp, limits};

use super::{Row, Timeline, message_range::MessageRange, people::tag, retry_state::RetryPhase, rows::RowThread};
use crate::calendar::Calendar;

/// The thread that is shown beside the log.
#[derive(Debug)]
pub(super) struct OpenThread {
    /// The message that began it.
    root: Seq,
    /// That message as the server sent it last; it may be shortened, and then is not used where it is loaded.
    first: Option<ChatMessage>,
    /// The newest replies.
    replies: MessageRange,
    /// Whether they are loaded, or known to be loaded before.
    is_loaded: bool,
}

impl OpenThread {
    pub(super) fn on_message(&mut self, message: &ChatMessage) {
        if message.thread == Some(self.root) && self.replies.reaches_back_to(message.seq) {
            self.replies.insert(message.clone());
        }
        if message.seq == self.root {
            self.first = Some(message.clone());
        }
    }

    pub(super) fn find(&self, seq: Seq) -> Option<&ChatMessage> {
        self.replies.find(seq).or_else(|| self.first.as_ref().filter(|first| first.seq == seq))
    }
}

/// What the page shows of the thread beside the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThreadRows {
    /// The message that began it, and the replies, oldest first.
    pub rows: Vec<Row>,
    /// Whether there are older replies.
    pub more: bool,
    /// Whether the replies are loaded.
    pub is_loaded: bool,
    /// Whether nobody can reply, because the first message is deleted.
    pub is_closed: bool,
}

impl Timeline {
    /// The thread that a message began, with the replies that are not in its summary.
    pub(super) fn row_thread(&self, root: &ChatMessage, calendar: &dyn Calendar) -> Option<RowThread> {
        let summary = root.replies.as_ref();
        let of_thread = |message: &&ChatMessage| message.thread == Some(root.seq);
        let mut replies = summary.map_or(0, |summary| summary.count as usize);
        let mut last_at = summary.map(|summary| summary.last_at).unwrap_or_default();
        let mut people: Vec<&Person> = summary.iter().flat_map(|summary| &summary.people).collect();
        for reply in self.newest_range.messages.iter().filter(of_thread) {
            let is_counted = summary.is_some_and(|summary| summary.counts(reply.seq));
            if is_counted && reply.deleted && summary.is_some_and(|summary| reply.rev > summary.rev) {
                replies = replies.saturating_sub(1);
            } else if !is_counted && !reply.deleted {
                replies += 1;
                last_at = last_at.max(reply.sent_at);
                people.retain(|person| person.id != reply.author.id);
                people.insert(0, &reply.author);
            }
        }
        let mut failed = false;
        for outgoing in self.outgoing.iter().filter(|outgoing| outgoing.draft.is_in_thread(root.seq)) {
            replies += 1;
            failed |= matches!(outgoing.retry.phase, RetryPhase::Failed(_));
            last_at = last_at.max(outgoing.at);
        }
        people.truncate(limits::THREAD_PEOPLE);
        (replies > 0).then(|| RowThread {
            replies,
            people: people.into_iter().cloned().collect(),
            day: (calendar.day(last_at) != calendar.day(root.sent_at)).then(|| calendar.day_name(last_at)),
            time: calendar.time(last_at),
            failed,
        })
    }

    /// The message that began the thread of a reply that the room does not show, if it is loaded.
    pub fn thread_of_hidden(&self, seq: Seq) -> Option<Seq> {
        self.find(seq).filter(|message| !message.is_in_room())?.thread
    }

    /// Shows the thread of a message, or of a reply in it. What is known of it is shown at once. Returns the message that began it.
    pub fn open_thread(&mut self, seq: Seq) -> Seq {
        let root = self.find(seq).and_then(|message| message.thread).unwrap_or(seq);
        if self.thread.as_ref().is_none_or(|thread| thread.root != root) {
            let known = self.newest_range.messages.iter().filter(|message| message.thread == Some(root));
            let replies = MessageRange::of(known.cloned().collect(), false);
            self.thread = Some(OpenThread { root, first: self.find(root).cloned(), replies, is_loaded: false });
        }
        root
    }

    /// Shows no thread.
    pub fn close_thread(&mut self) {
        self.thread = None;
    }

    /// The message that began the thread that is shown.
    pub fn shown_thread(&self) -> Option<Seq> {
        self.thread.as_ref().map(|thread| thread.root)
    }

    /// The request for the newest replies of the thread, or for those before the first one.
    pub fn thread_request(&self, older: bool) -> Option<ClientMessage> {
        let thread = self.thread.as_ref()?;
        let before = if older { Some(thread.replies.first()?) } else { None };
        Some(ClientMessage::Thread { seq: thread.root, before })
    }

    /// Applies the answer to a request for a thread. Returns whether it is about the thread that is shown.
    pub fn on_thread(&mut self, first: &ChatMessage, replies: &[ChatMessage], more: bool, before: Option<Seq>) -> bool {
        for message in replies {
            self.confirm(message);
        }
        // A request for the thread of a reply is answered with the message that began it.
        let thread = self.thread.as_mut().filter(|thread| thread.root == first.seq || !thread.is_loaded);
        let Some(thread) = thread else { return false };
        if before.is_some() {
            if thread.replies.first() == before {
                thread.replies.more = more && !replies.is_empty();
                replies.iter().for_each(|reply| thread.replies.insert(reply.clone()));
            }
            return true;
        }
        let last = replies.last().map(|last| last.seq);
        let known = std::mem::replace(&mut thread.replies, MessageRange::of(replies.to_vec(), more));
        for message in known.messages {
            // Newer ones have arrived meanwhile, and newer revisions.
            if Some(message.seq) > last || thread.replies.find(message.seq).is_some() {
                thread.replies.insert(message);
            }
        }
        thread.root = first.seq;
        thread.first = Some(first.clone());
        thread.is_loaded = true;
        // The summary is right in the answer.
        for range in [Some(&mut self.newest_range), self.detached_range.as_mut()].into_iter().flatten() {
            for root in range.messages.iter_mut().filter(|message| message.seq == first.seq) {
                root.replies.clone_from(&first.replies);
            }
        }
        true
    }

    /// The rows of the thread that is shown.
    pub fn thread_rows(&self, calendar: &dyn Calendar, namesakes: &[Person]) -> ThreadRows {
        let Some(thread) = &self.thread else { return ThreadRows::default() };
        let loaded = self.newest_range.find(thread.root).or_else(|| self.detached_range.as_ref()?.find(thread.root));
        let first = loaded.or(thread.first.as_ref());
        let confirmed = first.into_iter().chain(&thread.replies.messages);
        let confirmed = confirmed.map(|message| self.confirmed_row(&self.with_pending_changes(message), calendar));
        let outgoing = self.outgoing.iter().filter(|outgoing| outgoing.draft.is_in_thread(thread.root));
        let outgoing = outgoing.map(|outgoing| self.outgoing_row(outgoing, calendar));
        let mut rows: Vec<Row> = Vec::new();
        for mut row in confirmed.chain(outgoing) {
            row.tag = tag(&row.author, namesakes);
            row.reply_to.take_if(|preview| preview.seq == thread.root);
            row.follow(rows.last(), calendar);
            rows.push(row);
        }
        // The first message is separated from the replies.
        if let Some(reply) = rows.get_mut(1) {
            reply.starts_group = true;
        }
        ThreadRows {
            more: thread.replies.more,
            is_loaded: thread.is_loaded,
            is_closed: first.is_some_and(|first| first.deleted),
            rows,
        }
    }

    /// The newest reply of the thread that is shown, and its time.
    pub fn newest_in_thread(&self) -> Option<(Seq, Timestamp)> {
        self.thread.as_ref()?.replies.messages.last().map(|last| (last.seq, last.sent_at))
    }
}

impl super::Draft {
    /// Whether it is a reply in the thread that this message began.
    fn is_in_thread(&self, root: Seq) -> bool {
        self.thread.is_some() && self.reply_to == Some(root)
    }
}
