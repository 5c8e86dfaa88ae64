//! Threads: the line under the message that began one, and the thread that is shown beside the log.
//!
//! The server does not send the summary of a thread again for each reply: a page adds the replies that it has and that the summary does
//! not count. So each reply is counted once, also if it arrives twice.

use shared_types::{ChatMessage, ClientMessage, Person, Seq, ThreadSummary};

use super::{Row, Timeline, message_range::MessageRange, people::tag, retry_state::RetryPhase, rows::RowThread};
use crate::calendar::Calendar;

/// The thread that is shown beside the log.
#[derive(Debug)]
pub(super) struct OpenThread {
    /// The message that began it.
    root: Seq,
    /// The first reply that is loaded; 0 if all are.
    from: Seq,
    /// That message, as the server sent it last, and the replies. It may be shortened, and is not used where the log has it.
    messages: MessageRange,
    /// Whether the newest replies were loaded.
    is_loaded: bool,
}

impl OpenThread {
    pub(super) fn on_message(&mut self, message: &ChatMessage) {
        let is_reply = message.thread == Some(self.root) && message.seq >= self.from;
        if is_reply || message.seq == self.root {
            self.messages.insert(message.clone());
        }
    }

    pub(super) fn find(&self, seq: Seq) -> Option<&ChatMessage> {
        self.messages.find(seq)
    }

    fn replies(&self) -> impl DoubleEndedIterator<Item = &ChatMessage> {
        self.messages.messages.iter().filter(|message| message.seq != self.root)
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
        let mut summary = root.replies.clone().unwrap_or_default();
        for reply in self.newest_range.messages.iter().filter(|message| message.thread == Some(root.seq)) {
            match (root.replies.as_ref().is_some_and(|summary| summary.counts(reply.seq)), reply.deleted) {
                (false, false) => {
                    summary.count += 1;
                    summary.last_at = reply.sent_at;
                    if summary.people.iter().all(|person| person.id != reply.author.id) {
                        summary.people.insert(0, reply.author.clone());
                    }
                }
                (true, true) if reply.rev > summary.rev => summary.count = summary.count.saturating_sub(1),
                _ => {}
            }
        }
        let mut failed = false;
        for outgoing in self.outgoing.iter().filter(|outgoing| outgoing.draft.is_in_thread(root.seq)) {
            summary.count += 1;
            summary.last_at = outgoing.at;
            failed |= matches!(outgoing.retry.phase, RetryPhase::Failed(_));
        }
        let ThreadSummary { count, people, last_at, .. } = summary;
        let is_same_day = calendar.day(last_at) == calendar.day(root.sent_at);
        let when = if is_same_day { calendar.time(last_at) } else { calendar.day_name(last_at) };
        (count > 0).then_some(RowThread { replies: count as usize, people, when, failed })
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
            let known = self.find(root).into_iter().chain(known).cloned().collect();
            let messages = MessageRange::of(known, false);
            self.thread = Some(OpenThread { root, from: Seq(0), messages, is_loaded: false });
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
        let before = if older { Some(thread.replies().next()?.seq) } else { None };
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
        let oldest = if more { replies.first().map(|oldest| oldest.seq).unwrap_or_default() } else { Seq(0) };
        if before.is_some() {
            if thread.replies().next().map(|oldest| oldest.seq) == before {
                thread.from = oldest;
                replies.iter().for_each(|reply| thread.messages.insert(reply.clone()));
            }
            return true;
        }
        let last = replies.last().map(|last| last.seq);
        let loaded = std::iter::once(first).chain(replies).cloned().collect();
        let known = std::mem::replace(&mut thread.messages, MessageRange::of(loaded, false));
        for message in known.messages {
            // Newer ones have arrived meanwhile, and newer revisions.
            if Some(message.seq) > last || thread.messages.find(message.seq).is_some() {
                thread.messages.insert(message);
            }
        }
        let asked = std::mem::replace(&mut thread.root, first.seq);
        (thread.from, thread.is_loaded) = (oldest, true);
        // What was written before the answer named the message that began the thread belongs to the thread, too.
        for outgoing in self.outgoing.iter_mut().filter(|outgoing| outgoing.draft.is_in_thread(asked)) {
            outgoing.draft.reply_to = Some(first.seq);
        }
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
        let first = loaded.or_else(|| thread.find(thread.root));
        let confirmed = first.into_iter().chain(thread.replies());
        let confirmed = confirmed.map(|message| self.confirmed_row(&self.with_pending_changes(message), calendar));
        let outgoing = self.outgoing.iter().filter(|outgoing| outgoing.draft.is_in_thread(thread.root));
        let outgoing = outgoing.map(|outgoing| self.outgoing_row(outgoing, calendar));
        let mut authors = thread.messages.messages.iter().rev().map(|message| &message.author);
        let known = self.appearances(&mut authors);
        let mut rows: Vec<Row> = Vec::new();
        for mut row in confirmed.chain(outgoing) {
            row.update_appearances(&known);
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
            more: thread.from > Seq(0),
            is_loaded: thread.is_loaded,
            is_closed: first.is_some_and(|first| first.deleted),
            rows,
        }
    }

    /// The newest reply of the thread that is shown.
    pub fn newest_in_thread(&self) -> Option<Seq> {
        self.thread.as_ref()?.replies().next_back().map(|last| last.seq)
    }
}

impl super::Draft {
    /// Whether it is a reply in the thread that this message began.
    fn is_in_thread(&self, root: Seq) -> bool {
        self.thread.is_some() && self.reply_to == Some(root)
    }
}
