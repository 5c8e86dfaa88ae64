//! The composer: text, attachments, and whether the visitor may write.

use leptos::{html, prelude::*};
use page_model::{composer_mode::ComposerMode, connection::EndReason};
use shared_types::RoomRules;

/// The composer.
#[derive(Clone, Copy)]
pub(crate) struct ComposerState {
    /// Whether the visitor may write.
    pub(crate) status: RwSignal<ComposerStatus>,
    pub(crate) attachments: RwSignal<Attachments>,
    /// Whether the text is a new message, a reply or an edit.
    pub(crate) mode: RwSignal<ComposerMode>,
    /// The draft of a new message, while an edit is in the field.
    pub(crate) stashed_draft: StoredValue<String>,
    pub(crate) field: NodeRef<html::Textarea>,
}

impl ComposerState {
    pub(super) fn new() -> Self {
        Self {
            status: RwSignal::new(ComposerStatus::default()),
            attachments: RwSignal::new(Attachments::default()),
            mode: RwSignal::new(ComposerMode::New),
            stashed_draft: StoredValue::new(String::new()),
            field: NodeRef::new(),
        }
    }
}

/// The images that are chosen and not sent yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attachments {
    pub(crate) images: Vec<Attachment>,
    /// Why other files are not among them, in sentences.
    pub(crate) errors: Vec<String>,
}

impl Attachments {
    /// Whether one of them cannot be sent yet.
    pub(crate) fn preparing(&self) -> bool {
        self.images.iter().any(|image| image.url.is_none())
    }
}

/// An image that is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attachment {
    pub(crate) id: u32,
    /// What was typed about it.
    pub(crate) alt: String,
    /// Where this page finds it, once it is ready to be sent.
    pub(crate) url: Option<String>,
}

/// Whether the visitor may write, in words, and what holds in the room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ComposerStatus {
    pub(crate) rules: RoomRules,
    /// Whether there is nothing to write with.
    pub(crate) is_disabled: bool,
    /// Whether it will be otherwise in a moment.
    pub(crate) is_temporary: bool,
    /// Why they take no part at all.
    pub(crate) end_reason: Option<EndReason>,
    /// Whether it is being asked whether they may again.
    pub(crate) is_checking_access: bool,
    /// What they are told; empty where there is nothing special.
    pub(crate) sentence: String,
    /// When something goes on by itself. It changes every second, and is not read out.
    pub(crate) countdown: String,
}
