//! What a frame is answered with that was not done.

use shared_types::{Action, ErrorCode, FrameError, Nonce, ServerMessage, limits};

use crate::{
    chat::{Disguised, ImageFault, NotAmended, NotModerated, NotNow, NotPosted, Silenced, TooFast},
    ports::Unavailable,
};

/// Why a frame got no other answer than an error.
#[derive(Debug)]
pub(in crate::routes) enum Fault {
    /// It is not a message of the wire.
    FrameError(FrameError),
    /// It is larger than a frame may be.
    TooLarge,
    /// It came through a socket that is not known.
    NotConnected,
    /// It was understood, and not done.
    NotDone { why: NotDone, action: Action, nonce: Option<Nonce> },
}

impl Fault {
    /// What it is, for the log: a frame that can't be read may be quoted by the reason why, and what people say is not logged.
    pub(in crate::routes) fn kind(&self) -> String {
        match self {
            Self::FrameError(FrameError::Json) => "no JSON".into(),
            Self::FrameError(FrameError::NoAction) => "no action".into(),
            Self::FrameError(FrameError::UnknownAction { .. }) => "an unknown action".into(),
            Self::FrameError(FrameError::Field { action, .. }) => format!("{action}: a field"),
            Self::TooLarge => "too large".into(),
            Self::NotConnected => "not connected".into(),
            Self::NotDone { why, action, .. } => format!("{action}: {:?}", why.code()),
        }
    }
}

/// Why what a frame asked for was not done.
#[derive(Debug, thiserror::Error)]
pub(in crate::routes) enum NotDone {
    /// A message was not posted.
    #[error(transparent)]
    Posting(NotPosted),
    /// A message was not changed.
    #[error(transparent)]
    Amending(NotAmended),
    /// Somebody wants a name that could be read as another's.
    #[error("your name {0}")]
    Naming(#[from] Disguised),
    /// It is too much in too short a time.
    #[error(transparent)]
    TooFast(TooFast),
    /// It is not the speaker's to do.
    #[error("that is not yours to do here")]
    NotAllowed,
    /// It is a moderator's to do.
    #[error(transparent)]
    Moderating(NotModerated),
    /// The speaker may not say it now.
    #[error(transparent)]
    Silenced(Silenced),
    /// Something outside did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<NotNow> for NotDone {
    fn from(why: NotNow) -> Self {
        match why {
            NotNow::TooFast(too_fast) => Self::TooFast(too_fast),
            NotNow::Unavailable(cause) => Self::Unavailable(cause),
        }
    }
}

impl From<NotPosted> for NotDone {
    fn from(why: NotPosted) -> Self {
        match why {
            NotPosted::Unavailable(cause) => Self::Unavailable(cause),
            why => Self::Posting(why),
        }
    }
}

impl From<NotAmended> for NotDone {
    fn from(why: NotAmended) -> Self {
        match why {
            NotAmended::Unavailable(cause) => Self::Unavailable(cause),
            why => Self::Amending(why),
        }
    }
}

impl From<NotModerated> for NotDone {
    fn from(why: NotModerated) -> Self {
        match why {
            NotModerated::Unavailable(cause) => Self::Unavailable(cause),
            why => Self::Moderating(why),
        }
    }
}

impl From<Silenced> for NotDone {
    fn from(why: Silenced) -> Self {
        match why {
            Silenced::Unavailable(cause) => Self::Unavailable(cause),
            why => Self::Silenced(why),
        }
    }
}

impl NotDone {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Posting(NotPosted::Image(ImageFault::Missing)) => ErrorCode::NoImage,
            Self::Posting(NotPosted::Image(_)) => ErrorCode::BadImage,
            Self::Posting(NotPosted::NoMessage) | Self::Amending(NotAmended::NoMessage) => ErrorCode::NoMessage,
            Self::Amending(NotAmended::NotYours) => ErrorCode::NotYours,
            Self::Amending(NotAmended::Empty) | Self::Naming(_) => ErrorCode::BadField,
            Self::TooFast(_) => ErrorCode::TooFast,
            Self::Amending(NotAmended::TooMany) => ErrorCode::TooMany,
            Self::NotAllowed | Self::Moderating(NotModerated::NotAllowed) | Self::Silenced(Silenced::Banned { .. }) => {
                ErrorCode::NotAllowed
            }
            Self::Silenced(Silenced::Muted { .. }) => ErrorCode::Muted,
            Self::Silenced(Silenced::ReadOnly) => ErrorCode::ReadOnly,
            Self::Silenced(Silenced::TooFast { .. }) => ErrorCode::TooFast,
            Self::Moderating(NotModerated::Unavailable(_))
            | Self::Silenced(Silenced::Unavailable(_))
            | Self::Posting(NotPosted::Unavailable(_))
            | Self::Amending(NotAmended::Unavailable(_))
            | Self::Unavailable(_) => ErrorCode::Unavailable,
        }
    }

    /// After how many seconds the same may be tried again, where that is known.
    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::TooFast(too_fast) => Some(too_fast.seconds()),
            Self::Silenced(
                Silenced::Banned { seconds } | Silenced::Muted { seconds } | Silenced::TooFast { seconds },
            ) => Some(*seconds),
            _ => None,
        }
    }

    fn words(&self) -> String {
        match self.code() {
            // The cause is for the log.
            ErrorCode::Unavailable => "The chat could not do this right now: try again.".into(),
            _ => sentence(&self.to_string()),
        }
    }
}

/// What the client is told. Says what to do, and nothing about the inside of the server.
pub(in crate::routes) fn to_error(fault: Fault) -> ServerMessage {
    let retry_after = match &fault {
        Fault::NotDone { why, .. } => why.retry_after(),
        _ => None,
    };
    let (code, message, action, nonce) = match fault {
        Fault::FrameError(FrameError::Json) => {
            (ErrorCode::BadJson, r#"This is not JSON. Say {"action":"send","text":"hi"}."#.into(), None, None)
        }
        Fault::FrameError(FrameError::NoAction) => {
            (ErrorCode::MissingAction, r#"There is no action. Say {"action":"send","text":"hi"}."#.into(), None, None)
        }
        Fault::FrameError(FrameError::UnknownAction { action }) => (
            ErrorCode::UnknownAction,
            "This server does not know that action.".into(),
            Some(action.as_str().into()),
            None,
        ),
        Fault::FrameError(FrameError::Field { action, nonce, reason }) => {
            (ErrorCode::BadField, format!("A field is not right: {reason}."), Some(action.into()), nonce)
        }
        Fault::TooLarge => (
            ErrorCode::FrameTooLarge,
            format!("A frame must have at most {} bytes; nothing of it was kept.", limits::FRAME_BYTES),
            None,
            None,
        ),
        Fault::NotConnected => {
            (ErrorCode::NotConnected, "This socket is not in a room any more: connect again.".into(), None, None)
        }
        Fault::NotDone { why, action, nonce } => (why.code(), why.words(), Some(action.into()), nonce),
    };
    ServerMessage::Error { code, message, action, nonce, retry_after }
}

/// An error's words as a sentence of their own.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use shared_types::ActionName;

    use super::*;
    use crate::chat::undisguised;

    fn check(fault: Fault, code: ErrorCode, action: Option<&str>, nonce: Option<&str>) {
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
        check(Fault::FrameError(FrameError::Json), ErrorCode::BadJson, None, None);
        check(Fault::FrameError(FrameError::NoAction), ErrorCode::MissingAction, None, None);
        check(
            Fault::FrameError(FrameError::UnknownAction { action: "x".into() }),
            ErrorCode::UnknownAction,
            Some("x"),
            None,
        );
        check(Fault::FrameError(field), ErrorCode::BadField, Some("send"), Some("n-1"));
        check(Fault::TooLarge, ErrorCode::FrameTooLarge, None, None);
        check(Fault::NotConnected, ErrorCode::NotConnected, None, None);
        let not_done = |why| Fault::NotDone { why, action: Action::Send, nonce: "n-1".parse().ok() };
        let image = |fault| not_done(NotPosted::Image(fault).into());
        check(image(ImageFault::Missing), ErrorCode::NoImage, Some("send"), Some("n-1"));
        for fault in [ImageFault::Size, ImageFault::NoImage, ImageFault::Kind, ImageFault::Sides] {
            check(image(fault), ErrorCode::BadImage, Some("send"), Some("n-1"));
        }
        let amending = |why: NotAmended| not_done(why.into());
        check(not_done(NotPosted::NoMessage.into()), ErrorCode::NoMessage, Some("send"), Some("n-1"));
        check(amending(NotAmended::NoMessage), ErrorCode::NoMessage, Some("send"), Some("n-1"));
        check(amending(NotAmended::NotYours), ErrorCode::NotYours, Some("send"), Some("n-1"));
        check(amending(NotAmended::Empty), ErrorCode::BadField, Some("send"), Some("n-1"));
        check(amending(NotAmended::TooMany), ErrorCode::TooMany, Some("send"), Some("n-1"));
        check(not_done(disguised().into()), ErrorCode::BadField, Some("send"), Some("n-1"));
        check(not_done(NotNow::from(too_fast(1)).into()), ErrorCode::TooFast, Some("send"), Some("n-1"));
        let silenced = |why: Silenced| not_done(why.into());
        check(not_done(NotModerated::NotAllowed.into()), ErrorCode::NotAllowed, Some("send"), Some("n-1"));
        check(silenced(Silenced::Banned { seconds: 9 }), ErrorCode::NotAllowed, Some("send"), Some("n-1"));
        check(silenced(Silenced::Muted { seconds: 9 }), ErrorCode::Muted, Some("send"), Some("n-1"));
        check(silenced(Silenced::ReadOnly), ErrorCode::ReadOnly, Some("send"), Some("n-1"));
        check(silenced(Silenced::TooFast { seconds: 9 }), ErrorCode::TooFast, Some("send"), Some("n-1"));
        let cause = || Unavailable { doing: "asking dynamodb", cause: "dynamodb timed out".into() };
        let from = [
            cause().into(),
            NotPosted::Unavailable(cause()).into(),
            NotAmended::Unavailable(cause()).into(),
            NotModerated::Unavailable(cause()).into(),
            Silenced::Unavailable(cause()).into(),
            NotNow::from(cause()).into(),
        ];
        for why in from {
            check(not_done(why), ErrorCode::Unavailable, Some("send"), Some("n-1"));
        }
    }

    fn too_fast(milliseconds: u64) -> TooFast {
        TooFast::after(Duration::from_millis(milliseconds))
    }

    fn disguised() -> Disguised {
        undisguised(&"\u{410}nn".parse().unwrap()).unwrap_err()
    }

    #[test]
    fn whoever_is_too_fast_is_told_for_how_long_and_never_too_early() {
        for (milliseconds, seconds) in [(1, 1), (1_000, 1), (1_001, 2), (59_999, 60)] {
            let why = NotNow::from(too_fast(milliseconds)).into();
            let told = to_error(Fault::NotDone { why, action: Action::Send, nonce: None });
            let ServerMessage::Error { retry_after, message, .. } = told else { panic!("{told:?}") };
            assert_eq!(retry_after, Some(seconds));
            assert!(message.contains(&format!("in {seconds} s")), "{message}");
        }
    }
}
