//! The audit log, as far as it is loaded.

use shared_types::{AuditEntry, ClientMessage, ModerationAction, PersonId, PersonName, Timestamp};

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

/// A person who is muted or banned, as the loaded entries say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestrictedPerson {
    /// The person.
    pub person: PersonId,
    /// The newest name that an entry has.
    pub name: Option<PersonName>,
    /// End of the mute.
    pub muted_until: Option<Timestamp>,
    /// End of the ban.
    pub banned_until: Option<Timestamp>,
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

    /// Returns the people with a mute or ban in the loaded entries that ends after `now`, the newest restriction first. A restriction that an owner
    /// link lifted is among them, because the log has no entry of that.
    pub fn restricted(&self, now: Timestamp) -> Vec<RestrictedPerson> {
        let mut people: Vec<(RestrictedPerson, [bool; 2])> = Vec::new();
        for entry in &self.entries {
            let (person, name, until, is_ban) = match &entry.action {
                ModerationAction::Mute { person, name, until } => (person, name, until, false),
                ModerationAction::Ban { person, name, until } => (person, name, until, true),
                _ => continue,
            };
            let place = people.iter().position(|(known, _)| known.person == *person).unwrap_or_else(|| {
                let known =
                    RestrictedPerson { person: person.clone(), name: None, muted_until: None, banned_until: None };
                people.push((known, [false; 2]));
                people.len() - 1
            });
            let (known, is_decided) = &mut people[place];
            known.name = known.name.take().or_else(|| name.clone());
            // The newest entry decides.
            if !std::mem::replace(&mut is_decided[usize::from(is_ban)], true) {
                let until = until.filter(|until| *until > now);
                *(if is_ban { &mut known.banned_until } else { &mut known.muted_until }) = until;
            }
        }
        let people = people.into_iter().map(|(person, _)| person);
        people.filter(|person| person.muted_until.max(person.banned_until).is_some()).collect()
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

    #[test]
    fn the_newest_entries_say_who_is_restricted() {
        let until = |seconds: Option<u64>| seconds.map(Timestamp);
        let mute = |person: &str, seconds| ModerationAction::Mute {
            person: person.parse().unwrap(),
            name: None,
            until: until(seconds),
        };
        let ban = |person: &str, name: &str, seconds| ModerationAction::Ban {
            person: person.parse().unwrap(),
            name: Some(name.parse().unwrap()),
            until: until(seconds),
        };
        let actions = [
            ban("ben", "Ben", None),
            mute("ann", Some(90)),
            ban("cy", "Cy", Some(80)),
            ban("ann", "Ann", Some(50)),
            ban("ann", "Old name", Some(99)),
            ban("cy", "Cy", None),
            mute("cy", None),
            ban("ben", "Ben", Some(99)),
        ];
        let mut audit = AuditLog::default();
        audit.reload();
        audit.take_request();
        let entries = actions.into_iter().map(|action| AuditEntry { action, ..entry(1) });
        audit.on_entries(entries.collect(), false);
        let found = |now| {
            let people = audit.restricted(Timestamp(now)).into_iter();
            let facts = people.map(|one| (one.person.to_string(), one.name, one.muted_until, one.banned_until));
            facts.collect::<Vec<_>>()
        };
        let ann = |banned| ("ann".to_owned(), "Ann".parse().ok(), until(Some(90)), until(banned));
        let cy = ("cy".to_owned(), "Cy".parse().ok(), None, until(Some(80)));
        assert_eq!(found(10), [ann(Some(50)), cy.clone()]);
        assert_eq!(found(50), [ann(None), cy]);
        assert_eq!(found(80), [ann(None)]);
        assert_eq!(found(90), []);
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
