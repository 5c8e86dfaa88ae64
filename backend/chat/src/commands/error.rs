//! What a frame is answered with that was not done.

use shared_types::{Action, ErrorCode, FrameError, Nonce, ServerMessage, limits};

use crate::{
    access::{
        confusable_name::ConfusableName,
        rate_limit::{RateError, TooFast},
    },
    content::images::ImageFault,
    messages::{post::PostError, update::UpdateError},
    moderation::{actions::ModerationError, posting_policy::PostingDenied},
    ports::Unavailable,
};

/// Why a frame got no other answer than an error.
#[derive(Debug)]
pub(crate) enum FrameFailure {
    /// It is not a message of the wire.
    Invalid(FrameError),
    /// It is larger than a frame may be.
    TooLarge,
    /// It came through a socket that is not known.
    NotConnected,
    /// It was understood, and not done.
    Command { error: CommandError, action: Action, nonce: Option<Nonce> },
}

impl FrameFailure {
    /// What it is, for the log: a frame that can't be read may be quoted by the reason why, and what people say is not logged.
    pub(crate) fn kind(&self) -> String {
        match self {
            Self::Invalid(FrameError::Json) => "no JSON".into(),
            Self::Invalid(FrameError::NoAction) => "no action".into(),
            Self::Invalid(FrameError::UnknownAction { .. }) => "an unknown action".into(),
            Self::Invalid(FrameError::Field { action, .. }) => format!("{action}: a field"),
            Self::TooLarge => "too large".into(),
            Self::NotConnected => "not connected".into(),
            Self::Command { error, action, .. } => format!("{action}: {:?}", error.code()),
        }
    }
}

/// Why what a frame asked for was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// A message was not posted.
    #[error(transparent)]
    Post(PostError),
    /// A message was not changed.
    #[error(transparent)]
    Update(UpdateError),
    /// Somebody wants a name that could be read as another's.
    #[error("your name {0}")]
    Name(#[from] ConfusableName),
    /// It is too much in too short a time.
    #[error(transparent)]
    TooFast(TooFast),
    /// It is not the speaker's to do.
    #[error("that is not yours to do here")]
    NotAllowed,
    /// It is a moderator's to do.
    #[error(transparent)]
    Moderation(ModerationError),
    /// The speaker may not say it now.
    #[error(transparent)]
    PostingDenied(PostingDenied),
    /// Something outside did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<RateError> for CommandError {
    fn from(why: RateError) -> Self {
        match why {
            RateError::TooFast(too_fast) => Self::TooFast(too_fast),
            RateError::Unavailable(cause) => Self::Unavailable(cause),
        }
    }
}

impl From<PostError> for CommandError {
    fn from(why: PostError) -> Self {
        match why {
            PostError::Unavailable(cause) => Self::Unavailable(cause),
            why => Self::Post(why),
        }
    }
}

impl From<UpdateError> for CommandError {
    fn from(why: UpdateError) -> Self {
        match why {
            UpdateError::Unavailable(cause) => Self::Unavailable(cause),
            why => Self::Update(why),
        }
    }
}

impl From<ModerationError> for CommandError {
    fn from(why: ModerationError) -> Self {
        match why {
            ModerationError::Unavailable(cause) => Self::Unavailable(cause),
            why => Self::Moderation(why),
        }
    }
}

impl From<PostingDenied> for CommandError {
    fn from(why: PostingDenied) -> Self {
        match why {
            PostingDenied::Unavailable(cause) => Self::Unavailable(cause),
            why => Self::PostingDenied(why),
        }
    }
}

impl CommandError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Post(PostError::Image(ImageFault::Missing)) => ErrorCode::NoImage,
            Self::Post(PostError::Image(_)) => ErrorCode::BadImage,
            Self::Post(PostError::NoMessage) | Self::Update(UpdateError::NoMessage) => ErrorCode::NoMessage,
            Self::Update(UpdateError::NotYours) => ErrorCode::NotYours,
            Self::Update(UpdateError::Empty) | Self::Name(_) => ErrorCode::BadField,
            Self::TooFast(_) => ErrorCode::TooFast,
            Self::Update(UpdateError::TooMany) => ErrorCode::TooMany,
            Self::NotAllowed
            | Self::Moderation(ModerationError::NotAllowed)
            | Self::PostingDenied(PostingDenied::Banned { .. }) => ErrorCode::NotAllowed,
            Self::PostingDenied(PostingDenied::Muted { .. }) => ErrorCode::Muted,
            Self::PostingDenied(PostingDenied::ReadOnly) => ErrorCode::ReadOnly,
            Self::PostingDenied(PostingDenied::TooFast { .. }) => ErrorCode::TooFast,
            Self::Moderation(ModerationError::Unavailable(_))
            | Self::PostingDenied(PostingDenied::Unavailable(_))
            | Self::Post(PostError::Unavailable(_))
            | Self::Update(UpdateError::Unavailable(_))
            | Self::Unavailable(_) => ErrorCode::Unavailable,
        }
    }

    /// After how many seconds the same may be tried again, where that is known.
    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::TooFast(too_fast) => Some(too_fast.seconds()),
            Self::PostingDenied(
                PostingDenied::Banned { seconds }
                | PostingDenied::Muted { seconds }
                | PostingDenied::TooFast { seconds },
            ) => Some(*seconds),
            _ => None,
        }
    }

    fn sentence(&self) -> String {
        match self.code() {
            // The cause is for the log.
            ErrorCode::Unavailable => "The chat could not do this right now: try again.".into(),
            _ => capitalized(&self.to_string()),
        }
    }
}

/// What the client is told. Says what to do, and nothing about the inside of the server.
pub(crate) fn to_error(fault: FrameFailure) -> ServerMessage {
    let retry_after = match &fault {
        FrameFailure::Command { error: why, .. } => why.retry_after(),
        _ => None,
    };
    let (code, message, action, nonce) = match fault {
        FrameFailure::Invalid(FrameError::Json) => {
            (ErrorCode::BadJson, r#"This is not JSON. Say {"action":"send","text":"hi"}."#.into(), None, None)
        }
        FrameFailure::Invalid(FrameError::NoAction) => {
            (ErrorCode::MissingAction, r#"There is no action. Say {"action":"send","text":"hi"}."#.into(), None, None)
        }
        FrameFailure::Invalid(FrameError::UnknownAction { action }) => (
            ErrorCode::UnknownAction,
            "This server does not know that action.".into(),
            Some(action.as_str().into()),
            None,
        ),
        FrameFailure::Invalid(FrameError::Field { action, nonce, reason }) => {
            (ErrorCode::BadField, format!("A field is not right: {reason}."), Some(action.into()), nonce)
        }
        FrameFailure::TooLarge => (
            ErrorCode::FrameTooLarge,
            format!("A frame must have at most {} bytes; nothing of it was kept.", limits::FRAME_BYTES),
            None,
            None,
        ),
        FrameFailure::NotConnected => {
            (ErrorCode::NotConnected, "This socket is not in a room any more: connect again.".into(), None, None)
        }
        FrameFailure::Command { error, action, nonce } => (error.code(), error.sentence(), Some(action.into()), nonce),
    };
    ServerMessage::Error { code, message, action, nonce, retry_after }
}

/// An error's words as a sentence of their own.
fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use shared_types::ActionName;

    use super::*;
    use crate::access::confusable_name::reject_confusable;

    fn check(fault: FrameFailure, code: ErrorCode, action: Option<&str>, nonce: Option<&str>) {
        let told = to_error(fault);
        let ServerMessage::Error { code: c, message, action: a, nonce: n, .. } = &told else { panic!("{told:?}") };
        assert_eq!((*c, a.as_ref().map(ActionName::as_str), n.as_ref().map(Nonce::as_str)), (code, action, nonce));
        assert!(message.ends_with('.'), "{message} is a sentence");
        assert!(!message.contains("dynamodb"), "{message} says nothing about the inside");
    }

    #[test]
    fn every_fault_has_its_answer() {
        let field =
            FrameError::Field { action: Action::Send, nonce: "n-1".parse().ok(), reason: "missing text".into() };
        check(FrameFailure::Invalid(FrameError::Json), ErrorCode::BadJson, None, None);
        check(FrameFailure::Invalid(FrameError::NoAction), ErrorCode::MissingAction, None, None);
        check(
            FrameFailure::Invalid(FrameError::UnknownAction { action: "x".into() }),
            ErrorCode::UnknownAction,
            Some("x"),
            None,
        );
        check(FrameFailure::Invalid(field), ErrorCode::BadField, Some("send"), Some("n-1"));
        check(FrameFailure::TooLarge, ErrorCode::FrameTooLarge, None, None);
        check(FrameFailure::NotConnected, ErrorCode::NotConnected, None, None);
        let not_done = |why| FrameFailure::Command { error: why, action: Action::Send, nonce: "n-1".parse().ok() };
        let image = |fault| not_done(PostError::Image(fault).into());
        check(image(ImageFault::Missing), ErrorCode::NoImage, Some("send"), Some("n-1"));
        for fault in [ImageFault::Size, ImageFault::NoImage, ImageFault::Kind, ImageFault::Sides] {
            check(image(fault), ErrorCode::BadImage, Some("send"), Some("n-1"));
        }
        let amending = |why: UpdateError| not_done(why.into());
        check(not_done(PostError::NoMessage.into()), ErrorCode::NoMessage, Some("send"), Some("n-1"));
        check(amending(UpdateError::NoMessage), ErrorCode::NoMessage, Some("send"), Some("n-1"));
        check(amending(UpdateError::NotYours), ErrorCode::NotYours, Some("send"), Some("n-1"));
        check(amending(UpdateError::Empty), ErrorCode::BadField, Some("send"), Some("n-1"));
        check(amending(UpdateError::TooMany), ErrorCode::TooMany, Some("send"), Some("n-1"));
        check(not_done(disguised().into()), ErrorCode::BadField, Some("send"), Some("n-1"));
        check(not_done(RateError::from(too_fast(1)).into()), ErrorCode::TooFast, Some("send"), Some("n-1"));
        let silenced = |why: PostingDenied| not_done(why.into());
        check(not_done(ModerationError::NotAllowed.into()), ErrorCode::NotAllowed, Some("send"), Some("n-1"));
        check(silenced(PostingDenied::Banned { seconds: 9 }), ErrorCode::NotAllowed, Some("send"), Some("n-1"));
        check(silenced(PostingDenied::Muted { seconds: 9 }), ErrorCode::Muted, Some("send"), Some("n-1"));
        check(silenced(PostingDenied::ReadOnly), ErrorCode::ReadOnly, Some("send"), Some("n-1"));
        check(silenced(PostingDenied::TooFast { seconds: 9 }), ErrorCode::TooFast, Some("send"), Some("n-1"));
        let cause = || Unavailable { doing: "asking dynamodb", cause: "dynamodb timed out".into() };
        let from = [
            cause().into(),
            PostError::Unavailable(cause()).into(),
            UpdateError::Unavailable(cause()).into(),
            ModerationError::Unavailable(cause()).into(),
            PostingDenied::Unavailable(cause()).into(),
            RateError::from(cause()).into(),
        ];
        for why in from {
            check(not_done(why), ErrorCode::Unavailable, Some("send"), Some("n-1"));
        }
    }

    fn too_fast(milliseconds: u64) -> TooFast {
        TooFast::after(Duration::from_millis(milliseconds))
    }

    fn disguised() -> ConfusableName {
        reject_confusable(&"\u{410}nn".parse().unwrap()).unwrap_err()
    }

    #[test]
    fn whoever_is_too_fast_is_told_for_how_long_and_never_too_early() {
        for (milliseconds, seconds) in [(1, 1), (1_000, 1), (1_001, 2), (59_999, 60)] {
            let why = RateError::from(too_fast(milliseconds)).into();
            let told = to_error(FrameFailure::Command { error: why, action: Action::Send, nonce: None });
            let ServerMessage::Error { retry_after, message, .. } = told else { panic!("{told:?}") };
            assert_eq!(retry_after, Some(seconds));
            assert!(message.contains(&format!("in {seconds} s")), "{message}");
        }
    }
}
