//! What moderators did, as far as it was asked for. No DOM, no socket.

use shared_types::{AuditEntry, ClientMessage, Timestamp};

/// The entries that are known, newest first.
#[derive(Debug, Default)]
pub struct Audit {
    entries: Vec<AuditEntry>,
    more: bool,
    /// The end of what is known, where more is wanted from there; the newest without one.
    wanted: Option<Option<Timestamp>>,
    /// The same, once it was asked for.
    asked: Option<Option<Timestamp>>,
    /// The same, where the server could not tell.
    refused: Option<Option<Timestamp>>,
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

impl Audit {
    /// How much is loaded.
    pub fn loading(&self) -> AuditLoading {
        match (self.is_awaited(), self.more) {
            _ if self.is_refused() => AuditLoading::Failed,
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
    fn is_awaited(&self) -> bool {
        self.wanted.is_some() || self.asked.is_some()
    }

    /// Whether the server could not tell what was asked last.
    fn is_refused(&self) -> bool {
        self.refused.is_some()
    }

    /// Somebody wants to see the newest.
    pub fn open(&mut self) {
        self.refused = None;
        self.wanted = Some(None);
    }

    /// Somebody wants to see what is before, or what could not be told.
    pub fn further(&mut self) {
        if let Some(before) = self.refused.take() {
            self.wanted = Some(before);
        } else if self.more && !self.is_awaited() {
            self.wanted = Some(self.entries.last().map(|entry| entry.at));
        }
    }

    /// What to ask now that there is a socket.
    pub fn question(&mut self) -> Option<ClientMessage> {
        let before = self.wanted.take()?;
        self.asked = Some(before);
        Some(ClientMessage::Audit { before })
    }

    /// The server answered. What is known already is not taken in again.
    pub fn hear(&mut self, entries: Vec<AuditEntry>, more: bool) {
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
    pub fn refuse(&mut self) {
        self.refused = self.asked.take();
    }

    /// The socket is gone, and the answer with it.
    pub fn disconnected(&mut self) {
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

    fn times(audit: &Audit) -> Vec<u64> {
        audit.entries().iter().map(|entry| entry.at.0).collect()
    }

    #[test]
    fn the_newest_come_first_and_what_is_before_is_asked_for_from_the_last_one() {
        let mut audit = Audit::default();
        audit.open();
        assert_eq!(audit.question(), Some(ClientMessage::Audit { before: None }));
        assert_eq!(audit.question(), None);
        audit.hear(vec![entry(9), entry(8)], true);
        audit.further();
        assert_eq!(audit.question(), Some(ClientMessage::Audit { before: Some(Timestamp(8)) }));
        audit.hear(vec![entry(7)], false);
        assert_eq!(times(&audit), [9, 8, 7]);
        audit.further();
        assert_eq!(audit.question(), None, "there is nothing before");
    }

    #[test]
    fn opening_it_again_brings_what_is_new_and_nothing_twice() {
        let mut audit = Audit::default();
        audit.open();
        audit.question();
        audit.hear(vec![entry(8)], false);
        audit.open();
        audit.question();
        audit.hear(vec![entry(9), entry(8)], false);
        assert_eq!(times(&audit), [9, 8]);
    }

    #[test]
    fn what_could_not_be_told_is_no_end_and_can_be_asked_for_again() {
        let mut audit = Audit::default();
        audit.open();
        audit.question();
        audit.refuse();
        assert!(audit.is_refused() && !audit.is_awaited());
        audit.further();
        assert_eq!((audit.is_refused(), audit.question()), (false, Some(ClientMessage::Audit { before: None })));
        audit.hear(vec![entry(9)], true);
        audit.further();
        audit.question();
        audit.refuse();
        assert_eq!(times(&audit), [9], "what is known stays");
        audit.further();
        assert_eq!(audit.question(), Some(ClientMessage::Audit { before: Some(Timestamp(9)) }));
        audit.refuse();
        audit.open();
        assert_eq!((audit.is_refused(), audit.question()), (false, Some(ClientMessage::Audit { before: None })));
    }

    #[test]
    fn a_question_whose_socket_is_gone_is_asked_again() {
        let mut audit = Audit::default();
        audit.open();
        audit.question();
        audit.disconnected();
        assert_eq!(audit.question(), Some(ClientMessage::Audit { before: None }));
        audit.refuse();
        assert!(!audit.is_awaited());
        assert_eq!(audit.question(), None);
    }
}
