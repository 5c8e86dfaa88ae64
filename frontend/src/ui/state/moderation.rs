//! The dialogs of moderators.

use page_model::audit::AuditLoading;
use page_view::{NodeRef, State};
use shared_types::{ChatIdentity, PageState, Person, PersonId, RoleEntry, Timestamp};
use web_sys::HtmlDialogElement;

/// The dialogs about the room.
#[derive(Clone, Copy)]
pub(crate) struct ModerationState {
    /// Whether a moderation command was sent and is not answered.
    pub(crate) is_pending: State<bool>,
    pub(crate) rules_dialog: NodeRef<HtmlDialogElement>,
    pub(crate) audit: State<AuditView>,
    pub(crate) audit_dialog: NodeRef<HtmlDialogElement>,
    /// Whether the visitor is an owner.
    pub(crate) is_owner: State<bool>,
    pub(crate) administration: AdministrationState,
}

/// The administration dialog.
#[derive(Clone, Copy)]
pub(crate) struct AdministrationState {
    pub(crate) roles: State<RolesView>,
    /// The listed people: those with a role, and those who were in the room when the roles arrived. It does not follow later changes, so
    /// that no row moves.
    pub(crate) people: State<Vec<Person>>,
    /// What the owner searches for.
    pub(crate) filter: State<String>,
    /// Why the last role was not changed; usually empty.
    pub(crate) error: State<&'static str>,
    pub(crate) dialog: NodeRef<HtmlDialogElement>,
}

impl AdministrationState {
    fn new() -> Self {
        Self {
            roles: State::new(RolesView::Loading),
            people: State::new(Vec::new()),
            filter: State::new(String::new()),
            error: State::new(""),
            dialog: NodeRef::new(),
        }
    }
}

/// The people with a role, and what else the administration shows, as far as it is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser requests them"))]
pub(crate) enum RolesView {
    Loading,
    Failed,
    Known(Administration),
}

/// What the administration shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Administration {
    /// The people with a role.
    pub(crate) people: Vec<RoleEntry>,
    /// When they were here for the last time, as sentences, as far as it is known.
    pub(crate) seen: Vec<(PersonId, String)>,
    /// Name and icon of the chat.
    pub(crate) chat: ChatIdentity,
    /// Usage figures.
    pub(crate) usage: UsageView,
}

/// Usage figures, as far as they are loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum UsageView {
    #[default]
    Loading,
    Failed,
    Known(UsageRows),
}

/// Usage figures as they are drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UsageRows {
    /// Sentences about connections, storage and costs.
    pub(crate) sentences: Vec<String>,
    /// The days, newest first, each with its number of changes.
    pub(crate) days: Vec<(String, u64)>,
}

impl RolesView {
    /// Returns the entry of a person, if they have a role.
    pub(crate) fn of(&self, person: &PersonId) -> Option<&RoleEntry> {
        let Self::Known(known) = self else { return None };
        known.people.iter().find(|entry| entry.person == *person)
    }

    /// Returns when a person was here for the last time, as a sentence.
    pub(crate) fn seen(&self, person: &PersonId) -> Option<String> {
        let Self::Known(known) = self else { return None };
        known.seen.iter().find(|(id, _)| id == person).map(|(_, seen)| seen.clone())
    }

    /// Returns the usage figures.
    pub(crate) fn usage(&self) -> UsageView {
        match self {
            Self::Loading => UsageView::Loading,
            Self::Failed => UsageView::Failed,
            Self::Known(known) => known.usage.clone(),
        }
    }

    /// Returns name and icon of the chat, if they are known.
    pub(crate) fn chat(&self) -> Option<&ChatIdentity> {
        let Self::Known(known) = self else { return None };
        Some(&known.chat)
    }
}

impl ModerationState {
    pub(super) fn new(page: &PageState) -> Self {
        Self {
            is_owner: State::new(page.owner),
            administration: AdministrationState::new(),
            is_pending: State::new(false),
            rules_dialog: NodeRef::new(),
            audit: State::new(AuditView::default()),
            audit_dialog: NodeRef::new(),
        }
    }
}

/// The dialog that mutes or bans a person, or deletes their messages.
#[derive(Clone, Copy)]
pub(crate) struct RestrictionDialogState {
    pub(crate) person: State<Person>,
    pub(crate) current: State<CurrentRestrictions>,
    /// The action that is selected.
    pub(crate) selected_action: State<u32>,
    /// The duration that is selected, in seconds.
    pub(crate) selected_duration: State<u32>,
    pub(crate) dialog: NodeRef<HtmlDialogElement>,
}

impl RestrictionDialogState {
    pub(super) fn new(page: &PageState) -> Self {
        Self {
            person: State::new(page.you.clone()),
            current: State::new(CurrentRestrictions::Loading),
            selected_action: State::new(0),
            selected_duration: State::new(0),
            dialog: NodeRef::new(),
        }
    }
}

/// The restrictions of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser requests them"))]
pub(crate) enum CurrentRestrictions {
    Loading,
    Failed,
    /// Sentences: muted and banned, each empty if they are not.
    Known([String; 2]),
}

/// The audit log as it is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AuditView {
    pub(crate) state: AuditLoading,
    /// Newest first.
    pub(crate) rows: Vec<AuditRow>,
}

/// An entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AuditRow {
    pub(crate) moderator: Person,
    pub(crate) at: Timestamp,
    /// The time in the reader's calendar.
    pub(crate) when: String,
    /// What the moderator did, as a sentence.
    pub(crate) text: String,
    /// The person that the action was about.
    pub(crate) target: Option<Person>,
}
