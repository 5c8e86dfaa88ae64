//! Roles: the commands of owners and their answers.

use leptos::prelude::*;
use page_model::calendar::Calendar as _;
use page_model::{client::Effect, timeline::dedup_people};
use shared_types::{
    Appearance, ChatIdentity, ClientMessage, ErrorCode, LastRead, Person, PersonId, Role, RoleEntry, Timestamp, Usage,
    UsageDay,
};

use crate::{
    browser::{
        location,
        session::{Session, moderation::TOAST_MS},
        time,
    },
    ui::{
        moderation::administration_dialog,
        state::{
            moderation::{Administration, RolesView, UsageRows, UsageView},
            set,
        },
    },
};

impl Session {
    /// Opens the dialog if the page was loaded from its address.
    pub(super) fn open_administration_in_address(&self) {
        let chat = self.chat;
        if location::is_administration() && chat.moderation.is_owner.get_untracked() {
            // Deferred: the dialog asks the session, and the session is borrowed now.
            queue_microtask(move || administration_dialog::open(chat));
        }
    }

    /// Requests the people with a role, as soon as there is a socket.
    pub(super) fn load_roles(&mut self) {
        set(self.chat.moderation.administration.roles, RolesView::Loading);
        self.roles_query = true;
    }

    /// Gives a person a role, or takes it.
    pub(super) fn set_role(&mut self, person: PersonId, role: Role) -> Vec<Effect> {
        set(self.chat.moderation.administration.error, "");
        self.send_moderation(None, ClientMessage::SetRole { person, role })
    }

    /// Shows the people with a role, and those who are in the room.
    pub(super) fn on_roles(&mut self, entries: &[RoleEntry], chat: &ChatIdentity, read: &[LastRead]) {
        let state = self.chat.moderation.administration;
        let present = self.chat.room.people.get_untracked();
        let with_role = entries.iter().filter_map(|entry| {
            let known = present.iter().find(|person| person.id == entry.person).map(|person| person.name.clone());
            // If the name is unknown, the id replaces it.
            let name = known.or_else(|| entry.name.clone()).or_else(|| entry.person.as_str().parse().ok())?;
            Some(Person {
                id: entry.person.clone(),
                name,
                moderator: entry.role.moderates() || entry.configured,
                appearance: Appearance::NONE,
            })
        });
        let with_role: Vec<Person> = with_role.collect();
        set(
            state.roles,
            RolesView::Known(Administration {
                people: entries.to_vec(),
                seen: read.iter().map(|read| (read.person.clone(), self.last_seen(read.at))).collect(),
                chat: chat.clone(),
                usage: UsageView::Loading,
            }),
        );
        set(state.people, dedup_people(with_role.iter().chain(&present)));
        self.show_restricted();
    }

    /// Shows who is muted or banned, as far as the loaded part of the audit log says it. The server has no list of them. Those who have no
    /// role and are not in the room follow the others in the list.
    pub(super) fn show_restricted(&self) {
        let state = self.chat.moderation.administration;
        let RolesView::Known(known) = state.roles.get_untracked() else { return };
        let (translations, now) = (self.chat.translations, Timestamp(time::now()));
        let texts = translations.dialogs();
        let mut restricted = self.audit.restricted(now);
        // An owner link lifts restrictions, and nobody can restrict an owner.
        let is_owner =
            |person: &PersonId| known.people.iter().any(|entry| entry.person == *person && entry.role == Role::Owner);
        restricted.retain(|one| !is_owner(&one.person));
        let sentences = restricted.iter().map(|one| {
            let muted = one.muted_until.map(|until| (&texts.restricted_muted_until, until));
            let banned = one.banned_until.map(|until| (&texts.restricted_banned_until, until));
            let sentences = banned.into_iter().chain(muted);
            let sentences: Vec<_> = sentences
                .map(|(template, until)| template.with(&translations.moment(&self.calendar, until, now)))
                .collect();
            (one.person.clone(), sentences.join(" "))
        });
        administration_dialog::show_restricted(sentences.collect());
        // If the name is unknown, the id replaces it.
        let others = restricted.into_iter().filter_map(|one| {
            let name = one.name.or_else(|| one.person.as_str().parse().ok())?;
            Some(Person { id: one.person, name, moderator: false, appearance: Appearance::NONE })
        });
        let (listed, others): (_, Vec<Person>) = (state.people.get_untracked(), others.collect());
        set(state.people, dedup_people(listed.iter().chain(&others)));
    }

    /// Shows the new role of a person.
    pub(super) fn on_role(&mut self, person: &PersonId, role: Role) {
        let state = self.chat.moderation.administration;
        let answered = self.chat.moderation.is_pending.get_untracked();
        set(self.chat.moderation.is_pending, false);
        let texts = self.chat.translations.administration();
        let is_you = self.chat.room.you.with_untracked(|you| you.id == *person);
        let mut roles = state.roles.get_untracked();
        if let RolesView::Known(known) = &mut roles {
            match known.people.iter_mut().find(|entry| entry.person == *person) {
                Some(entry) => entry.role = role,
                None => known.people.push(RoleEntry { person: person.clone(), name: None, role, configured: false }),
            }
        }
        set(state.roles, roles);
        let name = state.people.with_untracked(|people| {
            people.iter().find(|listed| listed.id == *person).map(|listed| listed.name.to_string())
        });
        let sentence = match name {
            _ if is_you => texts.yours_changed(role).into(),
            Some(name) if answered => texts.changed(&name, role),
            _ => return,
        };
        self.show_toast(sentence, time::now() + TOAST_MS);
    }

    /// Shows why a role was not changed, and the role that the person has.
    pub(super) fn on_role_error(&mut self, code: ErrorCode) {
        let (state, texts) = (self.chat.moderation.administration, self.chat.translations.administration());
        set(self.chat.moderation.is_pending, false);
        let sentence = match code {
            ErrorCode::LastOwner => texts.last_owner,
            ErrorCode::TooMany => texts.too_many,
            ErrorCode::NotAllowed => texts.owners_only,
            _ => texts.not_changed,
        };
        set(state.error, sentence);
        // Without a comparison, so that every choice shows the role again.
        state.roles.set(state.roles.get_untracked());
    }

    /// Says when a person was here for the last time.
    fn last_seen(&self, at: Timestamp) -> String {
        self.chat.translations.administration().last_seen.with(&self.calendar.day_name(at))
    }

    /// Requests the usage figures.
    pub(super) fn load_usage(&mut self) -> Vec<Effect> {
        let effects = self.client.send_query(ClientMessage::Usage);
        self.show_usage(if effects.is_empty() { UsageView::Failed } else { UsageView::Loading });
        effects
    }

    /// The answer that is awaited is lost.
    pub(super) fn on_usage_disconnect(&self) {
        if self.chat.moderation.administration.roles.with_untracked(RolesView::usage) == UsageView::Loading {
            self.show_usage(UsageView::Failed);
        }
    }

    pub(super) fn show_usage(&self, usage: UsageView) {
        let state = self.chat.moderation.administration.roles;
        if let RolesView::Known(known) = state.get_untracked() {
            set(state, RolesView::Known(Administration { usage, ..known }));
        }
    }

    /// Shows the usage figures.
    pub(super) fn on_usage(&mut self, usage: &Usage) {
        // A day begins at midnight UTC; at noon it has the same date in most places.
        let noon = |day: &UsageDay| Timestamp(day.day.0 + 12 * 60 * 60 * 1000);
        let days = usage.days.iter().rev().map(|day| (self.calendar.day_name(noon(day)), day.changes)).collect();
        let texts = self.chat.translations.administration();
        let now = Timestamp(time::now());
        let counted = usage.counted_at.map(|at| self.chat.translations.moment(&self.calendar, at, now));
        let sentences = texts.usage_sentences(usage, counted.as_deref());
        self.show_usage(UsageView::Known(UsageRows { sentences, days }));
    }

    /// Changes name and icon of the chat.
    pub(super) fn set_identity(&mut self, chat: ChatIdentity) -> Vec<Effect> {
        set(self.chat.moderation.administration.error, "");
        self.send_moderation(None, ClientMessage::SetIdentity { chat })
    }

    /// Shows the new name and icon of the chat. The icon of the page follows when it is loaded the next time.
    pub(super) fn on_identity(&mut self, chat: &ChatIdentity) {
        let state = self.chat.moderation.administration;
        set(self.chat.moderation.is_pending, false);
        let mut known = state.roles.get_untracked();
        if let RolesView::Known(known) = &mut known {
            known.chat = chat.clone();
        }
        set(state.roles, known);
        self.chat.name.set(chat.name.as_ref().map(ToString::to_string).unwrap_or_default());
        self.show_document_title();
        self.show_toast(self.chat.translations.administration().identity_changed.into(), time::now() + TOAST_MS);
    }

    /// Shows why name and icon of the chat were not changed.
    pub(super) fn on_identity_error(&mut self, code: ErrorCode) {
        let texts = self.chat.translations.administration();
        set(self.chat.moderation.is_pending, false);
        let sentence = match code {
            ErrorCode::NotAllowed => texts.owners_only,
            ErrorCode::BadField => self.chat.translations.dialogs().not_an_emoji,
            _ => texts.identity_not_changed,
        };
        set(self.chat.moderation.administration.error, sentence);
    }

    /// Shows that the roles could not be read.
    pub(super) fn on_roles_error(&mut self) {
        set(self.chat.moderation.administration.roles, RolesView::Failed);
    }

    /// Returns the request of the roles, if it is due.
    pub(super) fn due_roles_query(&mut self) -> Option<ClientMessage> {
        std::mem::take(&mut self.roles_query).then_some(ClientMessage::Roles)
    }
}
