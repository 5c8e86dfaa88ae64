//! Tells the server up to where the visitor has read the threads of the room, so that their other devices know it.
//!
//! A report is not answered. One that is lost is repaired when the list of threads shows that the server has an older position.

use shared_types::{ClientMessage, ErrorCode, Seq, limits::READ_PAUSE};

/// The reports that are due.
#[derive(Debug, Default)]
pub struct ThreadReports {
    /// The first messages of the threads, and the newest replies that were read.
    due: Vec<(Seq, Seq)>,
    /// The last report, until it can no longer be refused.
    last: Option<(Seq, Seq)>,
    sent_at: Option<u64>,
    /// Whether the reports do not wait.
    is_leaving: bool,
    /// Whether the server is of a version that stores no positions in threads.
    is_unknown: bool,
}

impl ThreadReports {
    /// The page has a new socket, perhaps to a server of another version.
    pub fn on_welcome(&mut self) {
        self.is_unknown = false;
    }

    /// The visitor has read a thread up to a reply.
    pub fn advance(&mut self, root: Seq, reply: Seq) {
        if !self.is_unknown {
            self.due.retain(|(due, _)| *due != root);
            self.due.push((root, reply));
        }
    }

    /// The visitor closes the thread, leaves the room, or hides the page: the positions are reported at once.
    pub fn leave(&mut self) {
        self.is_leaving = true;
    }

    /// Returns the report that is due. Call it until it returns `None`, with a live socket in the room.
    pub fn take(&mut self, now: u64) -> Option<ClientMessage> {
        let is_over = self.sent_at.is_none_or(|sent_at| now >= sent_at + READ_PAUSE.as_millis() as u64);
        if !(self.is_leaving || is_over) {
            return None;
        }
        let Some((root, seq)) = self.due.pop() else {
            self.is_leaving = false;
            return None;
        };
        (self.sent_at, self.last) = (Some(now), Some((root, seq)));
        Some(ClientMessage::ReadThread { root, seq })
    }

    /// The server refused the last report. It is repeated later, unless the server does not know the command.
    pub fn on_error(&mut self, code: ErrorCode) {
        if code == ErrorCode::UnknownAction {
            self.is_unknown = true;
            self.due.clear();
        } else if let Some((root, seq)) = self.last.take()
            && self.due.iter().all(|(due, _)| *due != root)
        {
            self.due.push((root, seq));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: u64 = READ_PAUSE.as_millis() as u64;

    fn reports(reports: &mut ThreadReports, now: u64) -> Vec<(u64, u64)> {
        let reports = std::iter::from_fn(|| reports.take(now)).map(|report| match report {
            ClientMessage::ReadThread { root, seq } => (root.0, seq.0),
            other => panic!("no report: {other:?}"),
        });
        reports.collect()
    }

    #[test]
    fn reports_wait_for_the_pause_unless_the_visitor_leaves() {
        let mut sync = ThreadReports::default();
        assert_eq!(reports(&mut sync, 0), []);
        sync.advance(Seq(1), Seq(5));
        assert_eq!(reports(&mut sync, 0), [(1, 5)]);
        sync.advance(Seq(1), Seq(6));
        sync.advance(Seq(1), Seq(7));
        assert_eq!(reports(&mut sync, PAUSE - 1), []);
        assert_eq!(reports(&mut sync, PAUSE), [(1, 7)]);
        sync.advance(Seq(1), Seq(8));
        sync.advance(Seq(2), Seq(9));
        sync.leave();
        assert_eq!(reports(&mut sync, PAUSE + 1), [(2, 9), (1, 8)]);
        sync.advance(Seq(1), Seq(10));
        assert_eq!(reports(&mut sync, PAUSE + 2), [], "the next one waits again");
    }

    #[test]
    fn a_refused_report_is_repeated_but_not_to_a_server_that_does_not_know_it() {
        let mut sync = ThreadReports::default();
        sync.advance(Seq(1), Seq(5));
        assert_eq!(reports(&mut sync, 0), [(1, 5)]);
        sync.on_error(ErrorCode::TooFast);
        assert_eq!(reports(&mut sync, 1), []);
        assert_eq!(reports(&mut sync, PAUSE), [(1, 5)]);
        sync.advance(Seq(1), Seq(6));
        sync.on_error(ErrorCode::TooFast);
        assert_eq!(reports(&mut sync, 2 * PAUSE), [(1, 6)], "the newer position stays");
        sync.on_error(ErrorCode::UnknownAction);
        sync.advance(Seq(1), Seq(7));
        assert_eq!(reports(&mut sync, 3 * PAUSE), []);
        sync.on_welcome();
        sync.advance(Seq(1), Seq(7));
        assert_eq!(reports(&mut sync, 3 * PAUSE), [(1, 7)]);
    }
}
