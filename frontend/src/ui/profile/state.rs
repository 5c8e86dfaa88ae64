//! What the dialog "Your profile" holds until it is saved.

use std::{cell::Cell, fmt};

use page_model::connection::Status;
use page_view::{NodeRef, State};
use shared_types::{Appearance, Hue, NameError, Profile, StatusText};
use web_sys::{HtmlDialogElement, HtmlInputElement};

use crate::ui::{
    parts::dialog,
    profile::renaming::Renaming,
    state::{Chat, set},
};

thread_local! {
    /// The dialog of this page.
    static STATE: Cell<Option<ProfileDialog>> = const { Cell::new(None) };
}

/// The dialog.
#[derive(Clone, Copy)]
pub(crate) struct ProfileDialog {
    pub(crate) dialog: NodeRef<HtmlDialogElement>,
    pub(super) name: NodeRef<HtmlInputElement>,
    pub(super) name_error: State<Option<NameError>>,
    /// A new name, until the server has answered.
    pub(crate) renaming: Renaming,
    pub(super) status: NodeRef<HtmlInputElement>,
    pub(super) status_error: State<Option<NameError>>,
    /// Characters in the field of the status.
    pub(super) status_chars: State<usize>,
    /// The chosen hue plus one; 0 if the colour is automatic.
    pub(super) colour: State<u32>,
    pub(crate) picture: State<PictureChoice>,
    /// Why the chosen file cannot be the picture; usually empty.
    pub(crate) picture_error: State<String>,
    pub(crate) progress: State<Progress>,
    /// What the server has.
    stored: State<ProfileDraft>,
}

/// What the visitor chose as their picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PictureChoice {
    /// The picture, or the lack of one, stays.
    Kept,
    Removed,
    /// A file is being prepared.
    #[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser prepares files"))]
    Preparing,
    /// A file, by its URL within this page.
    Chosen(String),
}

/// How far loading and saving are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The profile is being loaded.
    Loading,
    /// The visitor can change it. The sentence is why it could not be saved; usually empty.
    Ready(String),
    Saving,
    /// It cannot be loaded.
    Failed,
}

/// Status and colour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProfileDraft {
    pub(crate) status: Option<StatusText>,
    pub(crate) colour: Option<Hue>,
}

impl ProfileDraft {
    /// Returns what a profile has.
    pub(crate) fn of(profile: &Profile) -> Self {
        Self { status: profile.status.clone(), colour: profile.appearance.colour }
    }
}

impl ProfileDialog {
    /// Returns the dialog of the page, while the profile is not loaded.
    pub(super) fn new(chat: Chat) -> Self {
        let state = Self {
            dialog: chat.on_demand.profile_dialog,
            name: NodeRef::new(),
            name_error: State::new(None),
            renaming: Renaming::new(chat.on_demand.profile_dialog),
            status: NodeRef::new(),
            status_error: State::new(None),
            status_chars: State::new(0),
            colour: State::new(0),
            picture: State::new(PictureChoice::Kept),
            picture_error: State::new(String::new()),
            progress: State::new(Progress::Loading),
            stored: State::new(ProfileDraft::default()),
        };
        STATE.set(Some(state));
        state
    }

    /// Returns the dialog of the page, once it is drawn.
    pub(crate) fn of_page() -> Option<Self> {
        STATE.get()
    }

    /// Whether the fields beside the name can be changed. Subscribes the caller to its changes.
    pub(super) fn is_loaded(self) -> bool {
        !matches!(self.progress.get(), Progress::Loading | Progress::Failed)
    }

    /// Forgets what was changed, and shows that the profile is being loaded.
    pub(super) fn start(self) {
        set(self.name_error, None);
        set(self.renaming.is_pending, false);
        self.renaming.reset();
        set(self.status_error, None);
        set(self.status_chars, 0);
        if let Some(field) = self.status.get_untracked() {
            field.set_value("");
        }
        set(self.picture, PictureChoice::Kept);
        set(self.picture_error, String::new());
        set(self.progress, Progress::Loading);
    }

    /// Shows what the server has. `note` tells the visitor why it differs from what they saved; usually empty.
    pub(crate) fn on_loaded(self, stored: ProfileDraft, note: &str) {
        let status = stored.status.as_ref().map(ToString::to_string).unwrap_or_default();
        set(self.status_chars, status.chars().count());
        if let Some(field) = self.status.get_untracked() {
            field.set_value(&status);
        }
        set(self.colour, stored.colour.map_or(0, |hue| u32::from(hue.get()) + 1));
        set(self.stored, stored);
        set(self.progress, Progress::Ready(note.to_owned()));
    }

    /// Returns the chosen colour. Subscribes the caller to its changes.
    pub(super) fn chosen_colour(self) -> Option<Hue> {
        let number = self.colour.get().checked_sub(1)?;
        u64::from(number).try_into().ok()
    }

    /// Returns status and colour as they are in the dialog, or what is wrong with the status.
    pub(super) fn draft(self) -> Result<ProfileDraft, NameError> {
        let text = self.status.get_untracked().map(|field| field.value()).unwrap_or_default();
        let status = if text.trim().is_empty() { None } else { Some(text.parse()?) };
        Ok(ProfileDraft { status, colour: leptos::prelude::untrack(|| self.chosen_colour()) })
    }

    /// Whether this differs from what the server has.
    pub(super) fn changes(self, draft: &ProfileDraft) -> bool {
        self.stored.with_untracked(|stored| stored != draft) || self.picture.get_untracked() != PictureChoice::Kept
    }

    /// The server has the profile. Closes the dialog, unless the server has not accepted the name.
    #[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser saves"))]
    pub(crate) fn on_saved(self, stored: ProfileDraft) {
        set(self.stored, stored);
        set(self.picture, PictureChoice::Kept);
        set(self.progress, Progress::Ready(String::new()));
        if !self.renaming.is_pending.get_untracked() && self.renaming.refusal.with_untracked(String::is_empty) {
            dialog::close(self.dialog);
        }
    }
}

/// Returns the visitor with the appearance in the dialog. A picture that is not stored yet is drawn apart. Subscribes the caller to changes.
pub(super) fn preview(chat: Chat, state: ProfileDialog) -> (shared_types::Person, Option<String>) {
    let you = chat.room.you.get();
    let (kept, chosen) = match state.picture.get() {
        PictureChoice::Kept | PictureChoice::Preparing => (you.appearance.picture, None),
        PictureChoice::Removed => (None, None),
        PictureChoice::Chosen(url) => (None, Some(url)),
    };
    // Until the profile is loaded, the page knows the colour from the connection.
    let colour = if state.is_loaded() { state.chosen_colour() } else { you.appearance.colour };
    (shared_types::Person { appearance: Appearance { picture: kept, colour }, ..you }, chosen)
}

/// Whether the connection allows to save. Subscribes the caller to its changes.
pub(super) fn is_live(chat: Chat) -> bool {
    chat.room.status.get() == Status::Live
}

impl fmt::Debug for ProfileDialog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(std::any::type_name::<Self>())
    }
}
