//! The audit log, as far as it is loaded.

use shared_types::{AuditEntry, ClientMessage, Timestamp};

/// The loaded entries, newest first.
#[derive(Debug, Default)]
pub struct AuditLog {
    entries: Vec<AuditEntry>,
    more: bool,
    /// The request to send: entries before this time, or the newest for `Some(None)`.
    wanted: Option<Option<Timestamp>>,
    /// The request that was sent, in the same form.
    asked: Option<Option<Timestamp>>,
    /// The request that failed, in the same form.
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

    /// The loaded entries.
    pub fn entries(&self) -> &[AuditEntry] {
        &self.entries
    }

    /// Whether a request is open.
    fn is_awaiting(&self) -> bool {
        self.wanted.is_some() || self.asked.is_some()
    }

    /// Whether the last request failed.
    fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    /// Loads the newest entries.
    pub fn reload(&mut self) {
        self.failed = None;
        self.wanted = Some(None);
    }

    /// Loads older entries, or repeats the failed request.
    pub fn load_more(&mut self) {
        if let Some(before) = self.failed.take() {
            self.wanted = Some(before);
        } else if self.more && !self.is_awaiting() {
            self.wanted = Some(self.entries.last().map(|entry| entry.at));
        }
    }

    /// Returns the request to send, once.
    pub fn take_request(&mut self) -> Option<ClientMessage> {
        let before = self.wanted.take()?;
        self.asked = Some(before);
        Some(ClientMessage::Audit { before })
    }

    /// Entries have arrived. Known ones are not added again.
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

    /// The server answered with an error.
    pub fn on_error(&mut self) {
        self.failed = self.asked.take();
    }

    /// The socket is lost: the request is repeated.
    pub fn on_disconnect(&mut self) {
        self.wanted = self.wanted.or(self.asked.take());
    }
}

#[cfg(test)]
mod tests {
    use shared_types::{ModerationAction, Person};

    use super::*;

    fn entry(at: u64) -> AuditEntry {
        let mona = Person {
            id: "mona".parse().unwrap(),
            name: "Mona".parse().unwrap(),
            moderator: true,
            appearance: Default::default(),
        };
        let act = ModerationAction::Mute { person: "ann".parse().unwrap(), name: None, until: None };
        AuditEntry { at: Timestamp(at), by: mona, action: act }
    }

    fn times(audit: &AuditLog) -> Vec<u64> {
        audit.entries().iter().map(|entry| entry.at.0).collect()
    }

    #[test]
    fn older_audit_entries_are_requested_before_the_last_one() {
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
        assert_eq!(audit.take_request(), None, "there are no older entries");
    }

    #[test]
    fn reloading_the_audit_log_adds_no_duplicates() {
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
    fn a_failed_audit_request_can_be_repeated() {
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
        assert_eq!(times(&audit), [9], "loaded entries stay");
        audit.load_more();
        assert_eq!(audit.take_request(), Some(ClientMessage::Audit { before: Some(Timestamp(9)) }));
        audit.on_error();
        audit.reload();
        assert_eq!((audit.has_failed(), audit.take_request()), (false, Some(ClientMessage::Audit { before: None })));
    }

    #[test]
    fn an_audit_request_is_repeated_after_a_lost_socket() {
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
