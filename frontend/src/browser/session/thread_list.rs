//! The list of the threads in which the visitor takes part. It is loaded on demand.

use page_model::followed_threads::FollowedThreads;
use shared_types::{Action, ActionName, ClientMessage, ListedThread, Seq, ServerMessage, limits};

use crate::{
    browser::{
        session::{Session, message_lists::start_loading, threads::Threads},
        time,
    },
    ui::{
        message_lists::MessageList,
        state::{
            message_lists::{ListEntry, ListPosition, ListProgress, ThreadNote},
            set,
        },
    },
};

/// Minimum time between two requests for read positions when the page becomes visible, in milliseconds.
const LOOK_MS: u64 = 60_000;

/// What the list of threads asks for.
#[derive(Default)]
pub(super) struct ThreadList {
    /// The threads to ask for next.
    request: Option<Vec<Seq>>,
    /// The threads whose read positions to ask for: the visitor may have read them on another device.
    positions: Option<Vec<Seq>>,
    /// When they were last asked for, in milliseconds.
    positions_asked_at: u64,
    /// The threads of each request that is sent and not answered, and whether the list shows the answer.
    awaited: Vec<(Vec<Seq>, bool)>,
    /// The threads in the list, in its order, and the newest reply of each.
    listed: Vec<(Seq, Option<Seq>)>,
}

impl ThreadList {
    /// Returns the threads that are not in the list, those with the newest replies first.
    fn missing(&self, followed: &FollowedThreads) -> Vec<Seq> {
        let is_missing = |root: &Seq| self.listed.iter().all(|(listed, _)| listed != root);
        followed.newest_first().into_iter().filter(is_missing).collect()
    }
}

impl Session {
    /// Requests the threads with the newest replies, as soon as there is a socket.
    pub(super) fn load_threads(&mut self) {
        start_loading(MessageList::Threads.state());
        let list = &mut self.threads.list;
        (list.request, list.listed) = (None, Vec::new());
        self.load_more_threads();
    }

    /// Requests threads that are not in the list.
    pub(super) fn load_more_threads(&mut self) {
        let state = MessageList::Threads.state();
        let mut roots = self.threads.list.missing(&self.threads.followed);
        roots.truncate(limits::THREADS_PAGE);
        let mut view = state.view.get_untracked();
        // Without a connection, too, it is known that there is none.
        view.progress = if roots.is_empty() { ListProgress::Done } else { ListProgress::Loading };
        self.threads.list.request = (!roots.is_empty()).then_some(roots);
        set(state.view, view);
    }

    /// Returns the request that is due. The caller has a socket.
    pub(super) fn thread_list_query(&mut self) -> Option<ClientMessage> {
        let list = &mut self.threads.list;
        let request = list.request.take().map(|roots| (roots, true));
        let request = request.or_else(|| {
            let roots = list.positions.take()?;
            list.positions_asked_at = time::now();
            Some((roots, false))
        })?;
        list.awaited.push(request.clone());
        Some(ClientMessage::Threads { roots: request.0 })
    }

    /// Asks up to where the visitor has read the threads with unread replies, if there are any: they may have read them on another device. In a
    /// room that was just entered that waits until its messages have arrived.
    pub(super) fn ask_thread_positions(&mut self) {
        let mut unread = self.threads.followed.unread();
        unread.truncate(limits::THREADS_PAGE);
        self.threads.list.positions = (!unread.is_empty() && !self.has_entered).then_some(unread);
    }

    /// The page is visible again: asks once more, unless it has just asked.
    pub(super) fn ask_thread_positions_again(&mut self, now: u64) {
        if now >= self.threads.list.positions_asked_at + LOOK_MS {
            self.ask_thread_positions();
        }
    }

    /// Returns the reports of what was read in threads that are due. The caller has a socket in the room.
    pub(super) fn thread_reports(&mut self, now: u64) -> Vec<ClientMessage> {
        std::iter::from_fn(|| self.threads.reports.take(now)).collect()
    }

    /// Handles an answer.
    pub(super) fn on_thread_list_answer(&mut self, message: &ServerMessage) {
        let awaited = &mut self.threads.list.awaited;
        let threads = match message {
            ServerMessage::Threads { threads } => threads,
            // Requests were lost with the socket.
            ServerMessage::Welcome { .. } => return awaited.clear(),
            ServerMessage::Error { action: Some(ActionName::Known(Action::Threads)), .. } => return awaited.clear(),
            _ => return,
        };
        let (asked, is_listed) = if awaited.is_empty() { Default::default() } else { awaited.remove(0) };
        // What was asked for and is not there has expired.
        for root in asked.into_iter().filter(|root| threads.iter().all(|thread| thread.seq != *root)) {
            self.threads.followed.forget(root);
        }
        for ListedThread { seq, replies, read, .. } in threads {
            let Threads { followed, reports, .. } = &mut self.threads;
            followed.on_summary(*seq, replies);
            let Some(read) = *read else { continue };
            followed.mark_read(*seq, read);
            // A report was lost.
            if let Some(known) = followed.read(*seq).filter(|known| *known > read) {
                reports.advance(*seq, known);
            }
        }
        self.store_followed_threads();
        if !is_listed {
            return;
        }
        let state = MessageList::Threads.state();
        let mut view = state.view.get_untracked();
        for thread in threads {
            let listed = &mut self.threads.list.listed;
            listed.retain(|(root, _)| *root != thread.seq);
            view.entries.retain(|entry| entry.seq != thread.seq);
            // That with the newest reply is the first.
            let newest = thread.replies.last();
            let place = listed.iter().position(|(_, other)| *other < newest).unwrap_or(listed.len());
            listed.insert(place, (thread.seq, newest));
            view.entries.insert(place.min(view.entries.len()), self.thread_entry(thread));
        }
        view.progress = ListProgress::Done;
        let has_more = !self.threads.list.missing(&self.threads.followed).is_empty();
        view.more = has_more.then_some(ListPosition::Threads);
        set(state.view, view);
    }

    /// Updates in the open list which threads have unread replies.
    pub(super) fn show_unread_in_list(&self) {
        let state = MessageList::Threads.state();
        let unread = self.chat.thread.unread.get_untracked();
        let mut view = state.view.get_untracked();
        for entry in &mut view.entries {
            if let Some(thread) = &mut entry.thread {
                thread.is_unread = unread.contains(&entry.seq);
            }
        }
        set(state.view, view);
    }

    fn thread_entry(&self, thread: &ListedThread) -> ListEntry {
        let translations = self.chat.translations;
        let count = translations.replies.of(thread.replies.count as usize);
        let replies = translations.with_comma(&count, &self.when(thread.replies.last_at));
        let is_unread = self.chat.thread.unread.with_untracked(|unread| unread.contains(&thread.seq));
        let entry = self.list_entry(self.page.room.clone(), thread.seq, thread.message.as_ref());
        ListEntry { thread: Some(ThreadNote { replies, is_unread }), ..entry }
    }
}
