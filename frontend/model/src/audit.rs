//! What moderators did, as far as it was asked for. No DOM, no socket.

use shared_types::{AuditEntry, ClientMessage, Timestamp};

/// The entries that are known, newest first.
#[derive(Debug, Default)]
pub struct AuditLog {
    entries: Vec<AuditEntry>,
    more: bool,
    /// The end of what is known, where more is wanted from there; the newest without one.
    wanted: Option<Option<Timestamp>>,
    /// The same, once it was asked for.
    asked: Option<Option<Timestamp>>,
    /// The same, where the server could not tell.
    failed: Option<Option<Timestamp>>,
}

/// How much of the audit log is loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AuditLoading {
    /// An answer is awaited.
    #[default]
    Loading,
    /// There are older entries.
    Partial,
    /// The oldest entry is loaded.
    Complete,
    /// The server could not answer.
    Failed,
}

impl AuditLog {
    /// How much is loaded.
    pub fn loading(&self) -> AuditLoading {
        match (self.is_awaiting(), self.more) {
            _ if self.has_failed() => AuditLoading::Failed,
            (true, _) => AuditLoading::Loading,
            (false, true) => AuditLoading::Partial,
            (false, false) => AuditLoading::Complete,
        }
    }

    /// What is known.
    pub fn entries(&self) -> &[AuditEntry] {
        &self.entries
    }

    /// Whether an answer is awaited.
    fn is_awaiting(&self) -> bool {
        self.wanted.is_some() || self.asked.is_some()
    }

    /// Whether the server could not tell what was asked last.
    fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    /// Somebody wants to see the newest.
    pub fn reload(&mut self) {
        self.failed = None;
        self.wanted = Some(None);
    }

    /// Somebody wants to see what is before, or what could not be told.
    pub fn load_more(&mut self) {
        if let Some(before) = self.failed.take() {
            self.wanted = Some(before);
        } else if self.more && !self.is_awaiting() {
            self.wanted = Some(self.entries.last().map(|entry| entry.at));
        }
    }

    /// What to ask now that there is a socket.
    pub fn take_request(&mut self) -> Option<ClientMessage> {
        let before = self.wanted.take()?;
        self.asked = Some(before);
        Some(ClientMessage::Audit { before })
    }

    /// The server answered. What is known already is not taken in again.
    pub fn on_entries(&mut self, entries: Vec<AuditEntry>, more: bool) {
        if self.asked.take().is_some_and(|before| before.is_none()) {
            self.entries.clear();
        }
        self.more = more;
        let known = self.entries.len();
        let new = entries.into_iter().filter(|entry| !self.entries[..known].contains(entry));
        let new: Vec<_> = new.collect();
        self.entries.extend(new);
    }

    /// The server did not answer, or refused.
    pub fn on_error(&mut self) {
        self.failed = self.asked.take();
    }

    /// The socket is gone, and the answer with it.
    pub fn on_disconnect(&mut self) {
        self.wanted = self.wanted.or(self.asked.take());
    }
}

#[cfg(test)]
mod tests {
    use shared_types::{ModerationAction, Person};

    use super::*;

    fn entry(at: u64) -> AuditEntry {
        let mona = Person { id: "mona".parse().unwrap(), name: "Mona".parse().unwrap(), moderator: true };
        let act = ModerationAction::Mute { person: "ann".parse().unwrap(), name: None, until: None };
        AuditEntry { at: Timestamp(at), by: mona, action: act }
    }

    fn times(audit: &AuditLog) -> Vec<u64> {
        audit.entries().iter().map(|entry| entry.at.0).collect()
    }

    #[test]
    fn the_newest_come_first_and_what_is_before_is_asked_for_from_the_last_one() {
        let mut audit = AuditLog::default();
        audit.reload();
        assert_eq!(audit.take_request(), Some(ClientMessage::Audit { before: None }));
        assert_eq!(audit.take_request(), None);
        audit.on_entries(vec![entry(9), entry(8)], true);
        audit.load_more();
        assert_eq!(audit.take_request(), Some(ClientMessage::Audit { before: Some(Timestamp(8)) }));
        audit.on_entries(vec![entry(7)], false);
        assert_eq!(times(&audit), [9, 8, 7]);
        audit.load_more();
        assert_eq!(audit.take_request(), None, "there is nothing before");
    }

    #[test]
    fn opening_it_again_brings_what_is_new_and_nothing_twice() {
        let mut audit = AuditLog::default();
        audit.reload();
        audit.take_request();
        audit.on_entries(vec![entry(8)], false);
        audit.reload();
        audit.take_request();
        audit.on_entries(vec![entry(9), entry(8)], false);
        assert_eq!(times(&audit), [9, 8]);
    }

    #[test]
    fn what_could_not_be_told_is_no_end_and_can_be_asked_for_again() {
        let mut audit = AuditLog::default();
        audit.reload();
        audit.take_request();
        audit.on_error();
        assert!(audit.has_failed() && !audit.is_awaiting());
        audit.load_more();
        assert_eq!((audit.has_failed(), audit.take_request()), (false, Some(ClientMessage::Audit { before: None })));
        audit.on_entries(vec![entry(9)], true);
        audit.load_more();
        audit.take_request();
        audit.on_error();
        assert_eq!(times(&audit), [9], "what is known stays");
        audit.load_more();
        assert_eq!(audit.take_request(), Some(ClientMessage::Audit { before: Some(Timestamp(9)) }));
        audit.on_error();
        audit.reload();
        assert_eq!((audit.has_failed(), audit.take_request()), (false, Some(ClientMessage::Audit { before: None })));
    }

    #[test]
    fn a_question_whose_socket_is_gone_is_asked_again() {
        let mut audit = AuditLog::default();
        audit.reload();
        audit.take_request();
        audit.on_disconnect();
        assert_eq!(audit.take_request(), Some(ClientMessage::Audit { before: None }));
        audit.on_error();
        assert!(!audit.is_awaiting());
        assert_eq!(audit.take_request(), None);
    }
}
