//! A change of the visitor's name in the profile dialog, until the server has answered it.

use std::fmt;

use page_view::{NodeRef, State};
use web_sys::HtmlDialogElement;

use crate::ui::{
    parts::dialog,
    profile::state::{ProfileDialog, Progress},
    state::set,
};

/// The dialog, and what the server said about the name.
#[derive(Clone, Copy)]
pub(crate) struct Renaming {
    dialog: NodeRef<HtmlDialogElement>,
    /// Why the server refused the name; empty if it did not.
    pub(crate) refusal: State<String>,
    /// Whether the answer is awaited.
    pub(crate) is_pending: State<bool>,
}

impl Renaming {
    pub(crate) fn new(dialog: NodeRef<HtmlDialogElement>) -> Self {
        Self { dialog, refusal: State::new(String::new()), is_pending: State::new(false) }
    }

    /// Forgets the last answer. The field has another name.
    pub(crate) fn reset(self) {
        set(self.refusal, String::new());
    }

    /// Closes the dialog, unless the rest of the profile is being saved: the name is accepted, or the next socket takes it.
    #[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser gets answers"))]
    pub(crate) fn finish(self) {
        set(self.is_pending, false);
        self.reset();
        let is_saving = |dialog: ProfileDialog| dialog.progress.get_untracked() == Progress::Saving;
        if !ProfileDialog::of_page().is_some_and(is_saving) {
            dialog::close(self.dialog);
        }
    }

    /// The answer is lost. If the dialog was not closed meanwhile, it says why.
    #[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser loses connections"))]
    pub(crate) fn stop(self, why: &str) {
        let is_ready = |dialog: &ProfileDialog| matches!(dialog.progress.get_untracked(), Progress::Ready(_));
        if self.is_pending.get_untracked()
            && let Some(dialog) = ProfileDialog::of_page().filter(is_ready)
        {
            set(dialog.progress, Progress::Ready(why.to_owned()));
        }
        set(self.is_pending, false);
    }
}

impl fmt::Debug for Renaming {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(std::any::type_name::<Self>())
    }
}
