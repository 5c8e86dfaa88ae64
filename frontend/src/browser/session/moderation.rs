//! What the visitor asks as a moderator: sanctions, rules, and what was done. And the answers about themself.

use leptos::prelude::*;
use page_model::{audit::AuditLog, client::Effect, erasure::Erasure};
use shared_types::{
    Action, ActionName, ClientMessage, ErrorCode, ModerationAction, Person, PersonId, Restrictions, Seconds,
    ServerMessage, Timestamp,
};

use crate::{
    browser::{session::Session, time},
    i18n::Template,
    ui::{
        moderation::restriction_dialog,
        parts::dialog,
        state::{
            moderation::{AuditRow, AuditView},
            set,
        },
    },
};

/// For so long it stands what was done: long enough to be read twice, in milliseconds.
const NOTE_MS: u64 = 10_000;

impl Session {
    /// Keeps somebody quiet, or away.
    pub(super) fn restrict(&mut self, whom: Person, ban: bool, seconds: u32) -> Vec<Effect> {
        let Ok(seconds) = Seconds::try_from(u64::from(seconds)) else { return Vec::new() };
        let person = whom.id.clone();
        let word = if ban { ClientMessage::Ban { person, seconds } } else { ClientMessage::Mute { person, seconds } };
        self.decide(Some(whom), word)
    }

    /// Asks what somebody may not do, as soon as there is a socket.
    pub(super) fn inquire(&mut self) {
        self.inquiry = Some(self.chat.restriction_dialog.person.get_untracked().id);
        set(self.chat.restriction_dialog.current, Err(self.chat.translations.audit_loading));
    }

    /// Takes in what somebody may not do, if that is still the question.
    fn hear_held(&self, person: &PersonId, restrictions: Restrictions) {
        if self.chat.restriction_dialog.person.with_untracked(|whom| whom.id != *person) {
            return;
        }
        let (translations, now) = (self.chat.translations, time::now());
        let left =
            [restrictions.muted_until, restrictions.banned_until].map(|until| until.filter(|until| until.0 > now));
        let [muted, banned] = left;
        let sentence = |around: &Template, until: Option<Timestamp>| {
            until
                .map(|until| around.with(&translations.moment(&self.calendar, until, Timestamp(now))))
                .unwrap_or_default()
        };
        set(
            self.chat.restriction_dialog.current,
            Ok([sentence(&translations.held_muted, muted), sentence(&translations.held_banned, banned)]),
        );
        let seconds = |until: Option<Timestamp>| until.map_or(0, |until| (until.0 - now).div_ceil(1000));
        restriction_dialog::choose(self.chat, left.map(seconds));
    }

    /// Has everything deleted that somebody wrote.
    pub(super) fn clear(&mut self, person: Person) {
        let mut clearing = Erasure::Idle;
        clearing.start();
        if self.clearing.iter().all(|(other, _)| other.id != person.id) {
            self.clearing.push((person, clearing));
        }
        self.change_clearing(|_| {});
    }

    /// Changes how far it is with the first one, and says so.
    fn change_clearing(&mut self, change: impl FnOnce(&mut Erasure)) {
        let Some((person, clearing)) = self.clearing.first_mut() else { return };
        change(clearing);
        let (translations, gone) = (self.chat.translations, clearing.erased());
        let (told, until) = match clearing {
            Erasure::Done { .. } => (translations.cleared(person, gone), time::now() + NOTE_MS),
            // The page says why, as with all that the visitor did.
            Erasure::Failed { .. } => (String::new(), 0),
            _ if gone == 0 => (translations.forgetting_begins.into(), u64::MAX),
            _ => (translations.forgetting.of(gone as usize), u64::MAX),
        };
        if until < u64::MAX {
            self.clearing.remove(0);
        }
        self.note(told, until);
    }

    /// Says a moderator's word. Its dialog stays until it is answered: without a socket nothing is said.
    pub(super) fn decide(&mut self, whom: Option<Person>, word: ClientMessage) -> Vec<Effect> {
        let said = self.client.send_query(word);
        self.decided = whom;
        set(self.chat.moderation.is_pending, !said.is_empty());
        said
    }

    /// A moderator's word was answered, or could not be: its dialog goes, unless another one is open by now.
    fn decided(&mut self) {
        if self.chat.moderation.is_pending.get_untracked() {
            set(self.chat.moderation.is_pending, false);
            dialog::close(self.chat.restriction_dialog.dialog);
            dialog::close(self.chat.moderation.rules_dialog);
        }
    }

    /// Changes what is known of what moderators did, and shows it.
    pub(super) fn change_audit(&mut self, change: impl FnOnce(&mut AuditLog)) {
        change(&mut self.audit);
        let now = Timestamp(time::now());
        let translations = self.chat.translations;
        let rows = self.audit.entries().iter().map(|entry| AuditRow {
            moderator: entry.by.clone(),
            at: entry.at,
            when: translations.moment(&self.calendar, entry.at, now),
            text: translations.act(&entry.action, |at| translations.moment(&self.calendar, at, now)),
            target: whom(&entry.action),
        });
        let state = self.audit.loading();
        set(self.chat.moderation.audit, AuditView { state, rows: rows.collect() });
    }

    /// Takes in an answer to one of these questions.
    pub(super) fn hear_order(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Audit { entries, more } => {
                self.change_audit(|audit| audit.on_entries(entries.clone(), *more));
            }
            ServerMessage::DataErased { count, more } => {
                self.change_forgetting(|forgetting| forgetting.on_progress(*count, *more));
            }
            ServerMessage::UserPurged { person, count, more }
                if self.clearing.first().is_some_and(|(whom, _)| whom.id == *person) =>
            {
                self.change_clearing(|clearing| clearing.on_progress(*count, *more));
            }
            ServerMessage::Restrictions { person, restrictions } => {
                self.hear_held(person, *restrictions);
                if let Some(whom) = self.decided.take_if(|whom| whom.id == *person) {
                    self.decided();
                    self.tell_standing(&whom, *restrictions);
                }
            }
            ServerMessage::Rules { rules }
                if self.decided.is_none() && self.chat.moderation.is_pending.get_untracked() =>
            {
                self.decided();
                self.note(self.chat.translations.ruled(*rules), time::now() + NOTE_MS);
            }
            ServerMessage::Error { code, action: Some(ActionName::Known(action)), retry_after, .. } => match action {
                Action::Audit => self.change_audit(AuditLog::on_error),
                // The page says why, as with all that the visitor did.
                Action::Mute | Action::Ban | Action::Rules => self.decided(),
                Action::Restrictions => {
                    set(self.chat.restriction_dialog.current, Err(self.chat.translations.audit_failed))
                }
                Action::EraseMyData | Action::PurgeUser => {
                    let after = if *code == ErrorCode::Unavailable { Some(1) } else { *retry_after };
                    let refuse = |forgetting: &mut Erasure| forgetting.on_error(time::now(), after);
                    if *action == Action::PurgeUser {
                        self.change_clearing(refuse)
                    } else {
                        self.change_forgetting(refuse)
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }

    /// Says that it was done, to the moderator who did it.
    fn tell_standing(&mut self, person: &Person, restrictions: Restrictions) {
        let now = Timestamp(time::now());
        let translations = self.chat.translations;
        let until = |until: Timestamp| translations.moment(&self.calendar, until, now);
        self.note(translations.stands(person, restrictions, until), now.0 + NOTE_MS);
    }

    /// Says what was done, until then.
    fn note(&mut self, sentence: String, until: u64) {
        set(self.chat.room.toast, sentence);
        self.noted_until = until;
    }

    /// Sees to it that lost questions are asked again.
    pub(super) fn order_disconnected(&mut self) {
        set(self.chat.moderation.is_pending, false);
        // What was asked may be lost, and what was said may be done.
        if self.chat.restriction_dialog.dialog.get_untracked().is_some_and(|dialog| dialog.open()) {
            self.inquire();
        }
        for (_, clearing) in &mut self.clearing {
            clearing.on_disconnect();
        }
        self.change_audit(AuditLog::on_disconnect);
        self.change_forgetting(Erasure::on_disconnect);
    }

    /// What to ask, now that there is a socket.
    pub(super) fn ask_order(&mut self, now: u64) -> [Option<ClientMessage>; 4] {
        let mut forgetting = self.chat.privacy.erasure.get_untracked();
        let forget = forgetting.take_due(now).then_some(ClientMessage::EraseMyData);
        set(self.chat.privacy.erasure, forgetting);
        let inquiry = self.inquiry.take().map(|person| ClientMessage::Restrictions { person });
        let clear = self.clearing.first_mut().and_then(|(whom, clearing)| {
            clearing.take_due(now).then(|| ClientMessage::PurgeUser { person: whom.id.clone() })
        });
        [self.audit.take_request(), forget, inquiry, clear]
    }
}

/// Whom a moderator did something to. Where their name was not known, the id has to do.
fn whom(act: &ModerationAction) -> Option<Person> {
    let (id, name) = match act {
        ModerationAction::Delete { author, .. } => return Some(author.clone()),
        ModerationAction::Mute { person, name, .. }
        | ModerationAction::Ban { person, name, .. }
        | ModerationAction::PurgeUser { person, name } => (person, name),
        ModerationAction::Rules { .. } => return None,
    };
    let name = name.clone().or_else(|| id.as_str().parse().ok())?;
    Some(Person { id: id.clone(), name, moderator: false })
}
