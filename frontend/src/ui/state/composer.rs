//! The composer: draft, attachments, and whether the visitor may post.

use page_model::{composer_mode::ComposerMode, connection::EndReason, rejected_image::ImageNote};
use page_view::{NodeRef, State};
use shared_types::{Person, RoomRules};
use web_sys::HtmlTextAreaElement;

/// The composer.
#[derive(Clone, Copy)]
pub(crate) struct ComposerState {
    /// Whether the visitor may post.
    pub(crate) status: State<ComposerStatus>,
    pub(crate) attachments: State<Vec<Attachment>>,
    /// Errors, such as files that were rejected: a sentence in each line.
    pub(crate) errors: State<String>,
    /// Whether the text is a new message, a reply or an edit.
    pub(crate) mode: State<ComposerMode>,
    /// The draft of a new message, while an edit is in the field.
    pub(crate) stashed_draft: State<String>,
    /// The text of an edit that a failed instance of the program has left.
    pub(crate) restored_edit: State<Option<String>>,
    /// Number of characters in the field. It is set whenever the text changes.
    pub(crate) chars: State<usize>,
    pub(crate) field: NodeRef<HtmlTextAreaElement>,
    /// The people who are suggested while the visitor types a name.
    pub(crate) suggestions: State<Vec<Person>>,
    /// Index of the selected suggestion.
    pub(crate) selected_suggestion: State<usize>,
}

impl ComposerState {
    pub(super) fn new() -> Self {
        Self {
            status: State::new(ComposerStatus::default()),
            attachments: State::new(Vec::new()),
            errors: State::new(String::new()),
            mode: State::new(ComposerMode::New),
            stashed_draft: State::new(String::new()),
            restored_edit: State::new(None),
            chars: State::new(0),
            field: NodeRef::new(),
            suggestions: State::new(Vec::new()),
            selected_suggestion: State::new(0),
        }
    }
}

/// An attached image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attachment {
    pub(crate) id: u32,
    /// Its description.
    pub(crate) alt: String,
    /// Its local URL, once it is ready to be sent.
    pub(crate) url: Option<String>,
    /// What the visitor should know before it is sent.
    pub(crate) note: Option<ImageNote>,
}

/// Whether the visitor may post, as sentences, and the rules of the room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ComposerStatus {
    pub(crate) rules: RoomRules,
    /// Whether the composer is disabled.
    pub(crate) is_disabled: bool,
    /// Whether the sentence disappears soon.
    pub(crate) is_temporary: bool,
    /// Why the connection ended.
    pub(crate) end_reason: Option<EndReason>,
    /// Whether the page is checking if a banned visitor may come back.
    pub(crate) is_checking_access: bool,
    /// The notice; empty if the visitor may post without limits.
    pub(crate) sentence: String,
    /// The time left. It changes every second and is hidden from screen readers.
    pub(crate) countdown: String,
}
