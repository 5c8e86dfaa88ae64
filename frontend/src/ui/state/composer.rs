//! The composer: draft, attachments, and whether the visitor may post.

use page_model::{composer_mode::ComposerMode, connection::EndReason, rejected_image::ImageNote};
use page_view::{NodeRef, State};
use shared_types::{Person, RoomRules};
use web_sys::HtmlTextAreaElement;

/// Which field a text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ComposerPlace {
    /// The field for messages of the room.
    Room,
    /// The field of the thread that is shown.
    Thread,
}

/// The composer, or the field of a thread.
#[derive(Clone, Copy)]
pub(crate) struct ComposerState {
    pub(crate) place: ComposerPlace,
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
    /// What is suggested while the visitor types a name, an emoji or a command.
    pub(crate) suggestions: State<Vec<Suggestion>>,
    /// Index of the selected suggestion.
    pub(crate) selected_suggestion: State<usize>,
    /// Whether the visitor tried to send a text that is too long.
    pub(crate) refused_length: State<bool>,
    /// The last text that was not sent, because it starts like a command that does not exist.
    pub(crate) refused_command: State<String>,
    /// Whether the buttons that format a text are shown.
    pub(crate) has_format_bar: State<bool>,
}

impl ComposerState {
    pub(super) fn new() -> Self {
        Self {
            place: ComposerPlace::Room,
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
            refused_length: State::new(false),
            refused_command: State::new(String::new()),
            has_format_bar: State::new(false),
        }
    }

    /// Returns the state of the field of threads. Whether the visitor may post, and errors, are those of the composer.
    pub(crate) fn of_thread(self) -> Self {
        Self {
            place: ComposerPlace::Thread,
            attachments: State::new(Vec::new()),
            field: NodeRef::new(),
            suggestions: State::new(Vec::new()),
            selected_suggestion: State::new(0),
            ..self
        }
    }

    /// Whether an attached image is being prepared. Subscribes the caller to its changes.
    pub(crate) fn is_preparing(&self) -> bool {
        self.attachments.with(|attached| attached.iter().any(|image| image.url.is_none()))
    }
}

/// A completion of what is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Suggestion {
    /// The person whose name follows `@`.
    Person(Person),
    /// The emoji whose name follows `:`.
    Emoji { name: &'static str, emoji: &'static str },
    /// The command at the start of the text.
    Command(&'static str),
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
