//! Commands of moderators and their answers, and answers about the visitor's own data.

use page_model::{audit::AuditLog, client::Effect, erasure::Erasure};
use shared_types::{
    Action, ActionName, Appearance, ClientMessage, ErrorCode, ModerationAction, Person, PersonId, Restrictions,
    Seconds, ServerMessage, Timestamp,
};

use crate::{
    browser::{session::Session, time},
    i18n::Template,
    ui::{
        moderation::restriction_dialog,
        parts::dialog,
        state::{
            moderation::{AuditRow, AuditView, CurrentRestrictions, UsageView},
            set,
        },
    },
};

/// How long a toast is shown, in milliseconds: long enough to be read twice.
pub(super) const TOAST_MS: u64 = 10_000;

impl Session {
    /// Mutes or bans a person.
    pub(super) fn restrict(&mut self, target: Person, ban: bool, seconds: u32) -> Vec<Effect> {
        let Ok(seconds) = Seconds::try_from(u64::from(seconds)) else { return Vec::new() };
        let person = target.id.clone();
        let command =
            if ban { ClientMessage::Ban { person, seconds } } else { ClientMessage::Mute { person, seconds } };
        self.send_moderation(Some(target), command)
    }

    /// Requests the restrictions of the person in the restriction dialog, as soon as there is a socket.
    pub(super) fn load_restrictions(&mut self) {
        self.restrictions_query = Some(self.chat.restriction_dialog.person.get_untracked().id);
        set(self.chat.restriction_dialog.current, CurrentRestrictions::Loading);
    }

    /// Shows the restrictions of a person, if the dialog is still about them.
    fn on_restrictions(&self, person: &PersonId, restrictions: Restrictions) {
        if self.chat.restriction_dialog.person.with_untracked(|target| target.id != *person) {
            return;
        }
        let (translations, now) = (self.chat.translations, time::now());
        let active =
            [restrictions.muted_until, restrictions.banned_until].map(|until| until.filter(|until| until.0 > now));
        let [muted, banned] = active;
        let texts = translations.dialogs();
        let sentence = |template: &Template, until: Option<Timestamp>| {
            until
                .map(|until| template.with(&translations.moment(&self.calendar, until, Timestamp(now))))
                .unwrap_or_default()
        };
        set(
            self.chat.restriction_dialog.current,
            CurrentRestrictions::Known([
                sentence(&texts.restricted_muted_until, muted),
                sentence(&texts.restricted_banned_until, banned),
            ]),
        );
        let seconds = |until: Option<Timestamp>| until.map_or(0, |until| (until.0 - now).div_ceil(1000));
        restriction_dialog::preselect(self.chat, active.map(seconds));
    }

    /// Starts to delete all messages of a person.
    pub(super) fn purge_user(&mut self, person: Person) {
        let mut purge = Erasure::Idle;
        purge.start();
        if self.purges.iter().all(|(other, _)| other.id != person.id) {
            self.purges.push((person, purge));
        }
        self.update_purge(|_| {});
    }

    /// Updates the first purge and shows its progress.
    fn update_purge(&mut self, change: impl FnOnce(&mut Erasure)) {
        let Some((person, purge)) = self.purges.first_mut() else { return };
        change(purge);
        let (translations, deleted) = (self.chat.translations, purge.erased());
        let (sentence, until) = match purge {
            Erasure::Done { .. } => (translations.user_purged(person, deleted), time::now() + TOAST_MS),
            // The error is shown with the other errors of the visitor's commands.
            Erasure::Failed { .. } => (String::new(), 0),
            _ if deleted == 0 => (translations.dialogs().erasing_started.into(), u64::MAX),
            _ => (translations.dialogs().erasing.of(deleted as usize), u64::MAX),
        };
        if until < u64::MAX {
            self.purges.remove(0);
        }
        self.show_toast(sentence, until);
    }

    /// Sends a moderation command if there is a socket. Its dialog stays open until the answer.
    pub(super) fn send_moderation(&mut self, target: Option<Person>, command: ClientMessage) -> Vec<Effect> {
        let effects = self.client.send_query(command);
        self.restricted_person = target;
        set(self.chat.moderation.is_pending, !effects.is_empty());
        effects
    }

    /// Closes the dialog of a moderation command that was answered.
    fn on_moderation_answered(&mut self) {
        if self.chat.moderation.is_pending.get_untracked() {
            set(self.chat.moderation.is_pending, false);
            dialog::close(self.chat.restriction_dialog.dialog);
            dialog::close(self.chat.moderation.rules_dialog);
            dialog::close(self.chat.room.details_dialog);
        }
    }

    /// Updates the audit log and shows it.
    pub(super) fn update_audit(&mut self, change: impl FnOnce(&mut AuditLog)) {
        change(&mut self.audit);
        let now = Timestamp(time::now());
        let translations = self.chat.translations;
        let rows = self.audit.entries().iter().map(|entry| AuditRow {
            moderator: entry.by.clone(),
            at: entry.at,
            when: translations.moment(&self.calendar, entry.at, now),
            text: translations.audit_sentence(&entry.action, |at| translations.moment(&self.calendar, at, now)),
            target: target_of(&entry.action),
        });
        let state = self.audit.loading();
        set(self.chat.moderation.audit, AuditView { state, rows: rows.collect() });
        self.show_restricted();
    }

    /// Handles the answer to a moderation command or to an erasure request.
    pub(super) fn on_moderation_answer(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Roles { people, chat, read } => self.on_roles(people, chat, read),
            ServerMessage::Identity { chat } => self.on_identity(chat),
            ServerMessage::Usage { usage } => self.on_usage(usage),
            ServerMessage::Role { person, role, .. } => self.on_role(person, *role),
            ServerMessage::Audit { entries, more } => {
                self.update_audit(|audit| audit.on_entries(entries.clone(), *more));
            }
            ServerMessage::DataErased { count, more } => {
                self.update_erasure(|erasure| erasure.on_progress(*count, *more));
            }
            ServerMessage::UserPurged { person, count, more }
                if self.purges.first().is_some_and(|(target, _)| target.id == *person) =>
            {
                self.update_purge(|purge| purge.on_progress(*count, *more));
            }
            ServerMessage::Restrictions { person, restrictions } => {
                self.on_restrictions(person, *restrictions);
                if let Some(target) = self.restricted_person.take_if(|target| target.id == *person) {
                    self.on_moderation_answered();
                    self.show_restrictions_changed(&target, *restrictions);
                }
            }
            ServerMessage::Rules { rules }
                if self.restricted_person.is_none() && self.chat.moderation.is_pending.get_untracked() =>
            {
                self.on_moderation_answered();
                self.show_toast(self.chat.translations.rules_changed(*rules), time::now() + TOAST_MS);
            }
            ServerMessage::Details { .. } if self.restricted_person.is_none() => self.on_moderation_answered(),
            ServerMessage::Error { code, action: Some(ActionName::Known(action)), retry_after, .. } => match action {
                Action::Audit => self.update_audit(AuditLog::on_error),
                Action::SetRole => self.on_role_error(*code),
                Action::Usage => self.show_usage(UsageView::Failed),
                Action::SetIdentity => self.on_identity_error(*code),
                Action::Roles => self.on_roles_error(),
                // The error is shown with the other errors of the visitor's commands.
                Action::Mute | Action::Ban | Action::Rules | Action::Describe => self.on_moderation_answered(),
                Action::Pins | Action::Saved | Action::Threads => self.on_list_error(*action),
                Action::Restrictions => set(self.chat.restriction_dialog.current, CurrentRestrictions::Failed),
                Action::EraseMyData if *code == ErrorCode::LastOwner => self.update_erasure(Erasure::on_last_owner),
                Action::EraseMyData | Action::PurgeUser => {
                    let after = if *code == ErrorCode::Unavailable { Some(1) } else { *retry_after };
                    let fail = |erasure: &mut Erasure| erasure.on_error(time::now(), after);
                    if *action == Action::PurgeUser { self.update_purge(fail) } else { self.update_erasure(fail) }
                }
                // Not asked for by a moderator; the timeline and the dialogs handle these errors.
                Action::Hello
                | Action::Send
                | Action::Upload
                | Action::Edit
                | Action::Delete
                | Action::React
                | Action::Pin
                | Action::Vote
                | Action::ClosePoll
                | Action::Save
                | Action::History
                | Action::Changes
                | Action::Rename
                | Action::People
                | Action::Rooms
                | Action::Directory
                | Action::Search
                | Action::Thread
                | Action::Typing
                | Action::Ping
                | Action::Enter
                | Action::Read
                | Action::ReadThread
                | Action::Receipts
                | Action::CreateRoom
                | Action::MyRooms
                | Action::Members
                | Action::AddMember
                | Action::RemoveMember
                | Action::LeaveRoom
                | Action::Direct
                | Action::SignOut
                | Action::Profile
                | Action::SetProfile => {}
            },
            _ => {}
        }
    }

    /// Confirms a restriction to the moderator.
    fn show_restrictions_changed(&mut self, person: &Person, restrictions: Restrictions) {
        let now = Timestamp(time::now());
        let translations = self.chat.translations;
        let until = |until: Timestamp| translations.moment(&self.calendar, until, now);
        self.show_toast(translations.restrictions_changed(person, restrictions, until), now.0 + TOAST_MS);
    }

    /// Shows a toast until a time, in milliseconds since 1970.
    pub(super) fn show_toast(&mut self, sentence: String, until: u64) {
        set(self.chat.room.toast, sentence);
        self.toast_until = until;
    }

    /// Prepares the requests of a closed socket to be repeated.
    pub(super) fn on_moderation_disconnect(&mut self) {
        set(self.chat.moderation.is_pending, false);
        self.on_usage_disconnect();
        // The request may be lost, and the command may have been performed.
        if self.chat.restriction_dialog.dialog.get_untracked().is_some_and(|dialog| dialog.open()) {
            self.load_restrictions();
        }
        for (_, purge) in &mut self.purges {
            purge.on_disconnect();
        }
        self.update_audit(AuditLog::on_disconnect);
        self.update_erasure(Erasure::on_disconnect);
    }

    /// Returns the requests that are due. The caller has a socket.
    pub(super) fn moderation_queries(&mut self, now: u64) -> [Option<ClientMessage>; 5] {
        let mut erasure = self.chat.privacy.erasure.get_untracked();
        let erase = erasure.take_due(now).then_some(ClientMessage::EraseMyData);
        set(self.chat.privacy.erasure, erasure);
        let restrictions_query = self.restrictions_query.take().map(|person| ClientMessage::Restrictions { person });
        let purge = self.purges.first_mut().and_then(|(target, purge)| {
            purge.take_due(now).then(|| ClientMessage::PurgeUser { person: target.id.clone() })
        });
        [self.audit.take_request(), erase, restrictions_query, purge, self.due_roles_query()]
    }
}

/// Returns the person that an action was about. If the name is unknown, the id replaces it.
fn target_of(action: &ModerationAction) -> Option<Person> {
    let (id, name) = match action {
        ModerationAction::Delete { author, .. } => return Some(author.clone()),
        ModerationAction::Mute { person, name, .. }
        | ModerationAction::Ban { person, name, .. }
        | ModerationAction::PurgeUser { person, name }
        | ModerationAction::Role { person, name, .. } => (person, name),
        ModerationAction::Identity { .. }
        | ModerationAction::Rules { .. }
        | ModerationAction::Describe { .. }
        | ModerationAction::Other => return None,
    };
    let name = name.clone().or_else(|| id.as_str().parse().ok())?;
    Some(Person { id: id.clone(), name, moderator: false, appearance: Appearance::NONE })
}
