//! Room rules, restrictions and the audit log.

use shared_types::{ModerationAction, Person, PersonId, PersonName, Restrictions, RoomRules, Timestamp};

use crate::i18n::Translations;

impl Translations {
    /// Describes the rules of a room.
    pub(crate) fn rules(&self, rules: RoomRules) -> String {
        let slow = (rules.slow > 0).then(|| self.slow_mode_rule.with(&self.span(rules.slow.into())));
        let read_only = rules.read_only.then(|| self.read_only.to_owned());
        let archived = rules.archived.then(|| self.archived.to_owned());
        let member_pins = rules.member_pins.then(|| self.dialogs().members_pin_now.to_owned());
        let sentences: Vec<String> =
            [slow, read_only, archived, member_pins, self.retention(rules)].into_iter().flatten().collect();
        if sentences.is_empty() { self.dialogs().no_rules.into() } else { sentences.join(" ") }
    }

    /// Says after which time the messages of a room are deleted, if its rules say so.
    pub(crate) fn retention(&self, rules: RoomRules) -> Option<String> {
        let days = rules.keep_days.filter(|days| *days > 0)?;
        Some(self.dialogs().deleted_after.with(&self.keep_days(days.into())))
    }

    /// Names a retention of so many days; 0 is as long as the chat keeps messages.
    pub(crate) fn keep_days(&self, days: u32) -> String {
        match days {
            0 => self.dialogs().keep_as_chat.into(),
            365 => self.dialogs().one_year.into(),
            _ => self.span(days * 24 * 60 * 60),
        }
    }

    /// Confirms that `count` messages of a person were deleted.
    pub(crate) fn user_purged(&self, person: &Person, count: u32) -> String {
        let [before, between, after] = self.dialogs().user_purged;
        [before, self.name(person), between, &count.to_string(), after].concat()
    }

    /// Confirms new rules of the room to the moderator who set them.
    pub(crate) fn rules_changed(&self, rules: RoomRules) -> String {
        [self.dialogs().room_rules, self.colon, &self.rules(rules)].concat()
    }

    /// Describes a moderation action without its moderator. `at` formats a time.
    pub(crate) fn audit_sentence(&self, action: &ModerationAction, at: impl Fn(Timestamp) -> String) -> String {
        let until = |[before, between, after]: [&'static str; 3], target: &str, until: Timestamp| {
            [before, target, between, &at(until), after].concat()
        };
        let texts = self.dialogs();
        match action {
            ModerationAction::Delete { room, author, .. } => {
                let [before, between, after] = texts.audit_deleted;
                [before, self.name(author), between, room.as_str(), after].concat()
            }
            ModerationAction::Mute { person, name, until: Some(time) } => {
                until(texts.audit_muted, &name_and_id(person, name.as_ref()), *time)
            }
            ModerationAction::Mute { person, name, until: None } => {
                texts.audit_unmuted.with(&name_and_id(person, name.as_ref()))
            }
            ModerationAction::Ban { person, name, until: Some(time) } => {
                until(texts.audit_banned, &name_and_id(person, name.as_ref()), *time)
            }
            ModerationAction::Ban { person, name, until: None } => {
                texts.audit_unbanned.with(&name_and_id(person, name.as_ref()))
            }
            ModerationAction::PurgeUser { person, name } => {
                texts.audit_purged.with(&name_and_id(person, name.as_ref()))
            }
            ModerationAction::Role { person, name, role } => {
                self.administration().audit(&name_and_id(person, name.as_ref()), *role)
            }
            ModerationAction::Identity { chat } => self.administration().audit_identity(chat, self.unique_names()),
            ModerationAction::Rules { room, rules } => {
                [&texts.audit_rules_changed.with(room.as_str()), self.colon, &self.rules(*rules)].concat()
            }
            ModerationAction::Describe { room, title, receipts } => {
                let sentence = match (receipts, title) {
                    (Some(is_on), _) => self.receipts().audit(*is_on),
                    (None, _) => &texts.audit_described,
                };
                let sentence = sentence.with(room.as_str());
                match title {
                    Some(title) => [&sentence, self.colon, title.as_str()].concat(),
                    None => sentence,
                }
            }
            ModerationAction::Other => texts.audit_other.into(),
        }
    }

    /// Confirms the new restrictions of a person to the moderator who set them. `at` formats a time.
    pub(crate) fn restrictions_changed(
        &self,
        person: &Person,
        restrictions: Restrictions,
        at: impl Fn(Timestamp) -> String,
    ) -> String {
        let (name, texts) = (person.name.as_str(), self.dialogs());
        let ([before, between, after], until) = match (restrictions.banned_until, restrictions.muted_until) {
            (Some(until), _) => (texts.person_banned, until),
            (None, Some(until)) => (texts.person_muted, until),
            (None, None) => return texts.restrictions_lifted.with(name),
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
