//! The dialog about the visitor's data, and their notifications.

use leptos::{html, prelude::*};
use page_model::{erasure::Erasure, notification_level::NotificationLevel};

/// The dialog about the visitor's data.
#[derive(Clone, Copy)]
pub(crate) struct PrivacyState {
    pub(crate) dialog: NodeRef<html::Dialog>,
    /// Whether the visitor's id was copied; `None` until they ask for it.
    pub(crate) id_copied: RwSignal<Option<bool>>,
    pub(crate) export: RwSignal<ExportStatus>,
    pub(crate) erasure: RwSignal<Erasure>,
}

impl PrivacyState {
    pub(super) fn new() -> Self {
        Self {
            dialog: NodeRef::new(),
            id_copied: RwSignal::new(None),
            export: RwSignal::new(ExportStatus::No),
            erasure: RwSignal::new(Erasure::Idle),
        }
    }
}

/// Notifications of the system.
#[derive(Clone, Copy)]
pub(crate) struct NotificationState {
    pub(crate) level: RwSignal<NotificationLevel>,
    /// Why notifications are impossible, as a sentence.
    pub(crate) error: RwSignal<Option<&'static str>>,
}

impl NotificationState {
    pub(super) fn new() -> Self {
        Self { level: RwSignal::new(NotificationLevel::Never), error: RwSignal::new(None) }
    }
}

/// The dialog that lists the shortcuts.
#[derive(Clone, Copy)]
pub(crate) struct ShortcutsState {
    /// Whether the dialog was opened before. Its content is drawn only then.
    pub(crate) is_listed: RwSignal<bool>,
    pub(crate) dialog: NodeRef<html::Dialog>,
}

impl ShortcutsState {
    pub(super) fn new() -> Self {
        Self { is_listed: RwSignal::new(false), dialog: NodeRef::new() }
    }
}

/// The state of the data export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) enum ExportStatus {
    /// Not started, or done.
    #[default]
    No,
    Running,
    /// The server rate-limits the export for so many seconds.
    Waiting(u32),
    Failed,
}
