//! The dialog about the visitor's data, and their notifications.

use page_model::{erasure::Erasure, notification_level::NotificationLevel};
use page_view::{NodeRef, State};
use web_sys::HtmlDialogElement;

/// The dialog about the visitor's data.
#[derive(Clone, Copy)]
pub(crate) struct PrivacyState {
    pub(crate) dialog: NodeRef<HtmlDialogElement>,
    /// Whether the visitor's id was copied; `None` until they ask for it.
    pub(crate) id_copied: State<Option<bool>>,
    pub(crate) export: State<ExportStatus>,
    pub(crate) erasure: State<Erasure>,
}

impl PrivacyState {
    pub(super) fn new() -> Self {
        Self {
            dialog: NodeRef::new(),
            id_copied: State::new(None),
            export: State::new(ExportStatus::No),
            erasure: State::new(Erasure::Idle),
        }
    }
}

/// Notifications of the system.
#[derive(Clone, Copy)]
pub(crate) struct NotificationState {
    pub(crate) level: State<NotificationLevel>,
    /// Why notifications are impossible, as a sentence.
    pub(crate) error: State<Option<&'static str>>,
}

impl NotificationState {
    pub(super) fn new() -> Self {
        Self { level: State::new(NotificationLevel::Never), error: State::new(None) }
    }
}

/// The dialog that lists the shortcuts.
#[derive(Clone, Copy)]
pub(crate) struct ShortcutsState {
    /// Whether the dialog was opened before. Its content is drawn only then.
    pub(crate) is_listed: State<bool>,
    pub(crate) dialog: NodeRef<HtmlDialogElement>,
}

impl ShortcutsState {
    pub(super) fn new() -> Self {
        Self { is_listed: State::new(false), dialog: NodeRef::new() }
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
