//! Room rules, restrictions and the audit log.

use shared_types::{ModerationAction, PersonId, PersonName, RoomRules, Timestamp};
#[cfg(feature = "hydrate")]
use shared_types::{Person, Restrictions};

use crate::i18n::Translations;

impl Translations {
    /// Describes the rules of a room.
    pub(crate) fn rules(&self, rules: RoomRules) -> String {
        let slow = (rules.slow > 0).then(|| self.slow_mode_rule.with(&self.span(rules.slow.into())));
        let read_only = rules.read_only.then(|| self.read_only.to_owned());
        let sentences: Vec<String> = slow.into_iter().chain(read_only).collect();
        if sentences.is_empty() { self.no_rules.into() } else { sentences.join(" ") }
    }

    /// Confirms that `count` messages of a person were deleted.
    #[cfg(feature = "hydrate")]
    pub(crate) fn user_purged(&self, person: &Person, count: u32) -> String {
        let [before, between, after] = self.user_purged;
        [before, self.name(person), between, &count.to_string(), after].concat()
    }

    /// Confirms new rules of the room to the moderator who set them.
    #[cfg(feature = "hydrate")]
    pub(crate) fn rules_changed(&self, rules: RoomRules) -> String {
        [self.room_rules, self.colon, &self.rules(rules)].concat()
    }

    /// Describes a moderation action without its moderator. `at` formats a time.
    pub(crate) fn audit_sentence(&self, action: &ModerationAction, at: impl Fn(Timestamp) -> String) -> String {
        let until = |[before, between, after]: [&'static str; 3], target: &str, until: Timestamp| {
            [before, target, between, &at(until), after].concat()
        };
        match action {
            ModerationAction::Delete { room, author, .. } => {
                let [before, between, after] = self.audit_deleted;
                [before, self.name(author), between, room.as_str(), after].concat()
            }
            ModerationAction::Mute { person, name, until: Some(time) } => {
                until(self.audit_muted, &name_and_id(person, name.as_ref()), *time)
            }
            ModerationAction::Mute { person, name, until: None } => {
                self.audit_unmuted.with(&name_and_id(person, name.as_ref()))
            }
            ModerationAction::Ban { person, name, until: Some(time) } => {
                until(self.audit_banned, &name_and_id(person, name.as_ref()), *time)
            }
            ModerationAction::Ban { person, name, until: None } => {
                self.audit_unbanned.with(&name_and_id(person, name.as_ref()))
            }
            ModerationAction::PurgeUser { person, name } => self.audit_purged.with(&name_and_id(person, name.as_ref())),
            ModerationAction::Rules { room, rules } => {
                [&self.audit_rules_changed.with(room.as_str()), self.colon, &self.rules(*rules)].concat()
            }
        }
    }

    /// Confirms the new restrictions of a person to the moderator who set them. `at` formats a time.
    #[cfg(feature = "hydrate")]
    pub(crate) fn restrictions_changed(
        &self,
        person: &Person,
        restrictions: Restrictions,
        at: impl Fn(Timestamp) -> String,
    ) -> String {
        let name = person.name.as_str();
        let ([before, between, after], until) = match (restrictions.banned_until, restrictions.muted_until) {
            (Some(until), _) => (self.person_banned, until),
            (None, Some(until)) => (self.person_muted, until),
            (None, None) => return self.restrictions_lifted.with(name),
        };
        [before, name, between, &at(until), after].concat()
    }
}

/// Returns the name and id of a person. The id distinguishes people with the same name.
fn name_and_id(id: &PersonId, name: Option<&PersonName>) -> String {
    match name {
        Some(name) => [name.as_str(), " (", id.as_str(), ")"].concat(),
        None => id.as_str().into(),
    }
}
