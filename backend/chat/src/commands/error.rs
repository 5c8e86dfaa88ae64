//! The errors of a frame, and the `error` message that the client receives for each.

use shared_types::{Action, ErrorCode, FrameError, Nonce, ServerMessage, limits};

use crate::{
    access::{
        confusable_name::ConfusableName,
        devices::SignOutError,
        direct_messages::DirectError,
        profiles::{PictureFault, ProfileError},
        rate_limit::{RateError, TooFast},
        room_membership::MembershipError,
    },
    content::{
        emoji::NotOneEmoji,
        images::{ImageFault, RefusedImage},
    },
    messages::{post::PostError, saved::SaveError, threads::ThreadError, update::UpdateError},
    moderation::{actions::ModerationError, posting_policy::PostingDenied},
    ports::Unavailable,
};

/// Why a frame failed.
#[derive(Debug)]
pub(crate) enum FrameFailure {
    /// It is not a valid client message.
    Invalid(FrameError),
    /// It came in several frames and is larger than `limits::FRAME_BYTES`.
    TooLarge,
    /// It came through an unknown socket.
    NotConnected,
    /// Its command failed.
    Command { error: CommandError, action: Action, nonce: Option<Nonce> },
}

impl FrameFailure {
    /// Returns the kind of failure for the log. It leaves out the parser's reason, which may quote the frame: text that people
    /// write is not logged.
    pub(crate) fn kind(&self) -> String {
        match self {
            Self::Invalid(FrameError::Json) => "invalid JSON".into(),
            Self::Invalid(FrameError::NoAction) => "missing action".into(),
            Self::Invalid(FrameError::UnknownAction { .. }) => "unknown action".into(),
            Self::Invalid(FrameError::Field { action, .. }) => format!("{action}: invalid field"),
            Self::TooLarge => "frame too large".into(),
            Self::NotConnected => "not connected".into(),
            Self::Command { error, action, .. } => format!("{action}: {:?}", error.code()),
        }
    }
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// A message was not posted.
    #[error(transparent)]
    Post(PostError),
    /// A message was not changed.
    #[error(transparent)]
    Update(UpdateError),
    /// A message was not saved.
    #[error(transparent)]
    Save(SaveError),
    /// There is no such thread, or nobody can reply in it.
    #[error(transparent)]
    Thread(ThreadError),
    /// The requested name is confusable with another person's.
    #[error("your name {0}")]
    Name(#[from] ConfusableName),
    /// Another person in the room has the requested name, and names are unique.
    #[error("somebody here has this name already: choose another one")]
    NameTaken,
    /// The reaction is not one emoji.
    #[error(transparent)]
    Emoji(#[from] NotOneEmoji),
    /// The rate limit is exceeded.
    #[error(transparent)]
    TooFast(TooFast),
    /// The sender lacks the permission.
    #[error("you are not allowed to do that here")]
    NotAllowed,
    /// Something about a private room was not done.
    #[error(transparent)]
    Membership(MembershipError),
    /// A device was not signed out.
    #[error(transparent)]
    SignOut(SignOutError),
    /// The profile was not changed.
    #[error(transparent)]
    Profile(ProfileError),
    /// `signOut` names no device.
    #[error("name the device to sign out, or the one to keep")]
    WhichDevice,
    /// `rules` has a retention that is too long.
    #[error("messages of a room are kept for at most {} days", limits::KEEP_DAYS)]
    KeepDays,
    /// The moderation action was not performed.
    #[error(transparent)]
    Moderation(ModerationError),
    /// The sender may not post now.
    #[error(transparent)]
    PostingDenied(PostingDenied),
    /// The connection is not in the room that the frame names, or moved at the same time.
    #[error("this socket is in another room now: enter the room first")]
    OtherRoom,
    /// An outside service did not answer.
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
            PostError::Thread(why) => why.into(),
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

impl From<SaveError> for CommandError {
    fn from(why: SaveError) -> Self {
        match why {
            SaveError::Unavailable(cause) => Self::Unavailable(cause),
            why => Self::Save(why),
        }
    }
}

impl From<ThreadError> for CommandError {
    fn from(why: ThreadError) -> Self {
        match why {
            ThreadError::Unavailable(cause) => Self::Unavailable(cause),
            why => Self::Thread(why),
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

impl From<MembershipError> for CommandError {
    fn from(why: MembershipError) -> Self {
        match why {
            MembershipError::Unavailable(cause) => Self::Unavailable(cause),
            why => Self::Membership(why),
        }
    }
}

impl From<SignOutError> for CommandError {
    fn from(why: SignOutError) -> Self {
        match why {
            SignOutError::Unavailable(cause) => Self::Unavailable(cause),
            why @ SignOutError::NoDevice => Self::SignOut(why),
        }
    }
}

impl From<ProfileError> for CommandError {
    fn from(why: ProfileError) -> Self {
        match why {
            ProfileError::Unavailable(cause) => Self::Unavailable(cause),
            why => Self::Profile(why),
        }
    }
}

impl From<DirectError> for CommandError {
    fn from(why: DirectError) -> Self {
        match why {
            DirectError::Membership(why) => why.into(),
            DirectError::Rate(why) => why.into(),
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
            Self::Post(PostError::Image(RefusedImage { fault: ImageFault::Missing, .. })) => ErrorCode::NoImage,
            Self::Profile(ProfileError::Picture(PictureFault::Missing)) => ErrorCode::NoImage,
            Self::Post(PostError::Image(_)) | Self::Profile(ProfileError::Picture(_)) => ErrorCode::BadImage,
            Self::Update(UpdateError::NoMessage)
            | Self::Save(SaveError::NoMessage)
            | Self::Thread(ThreadError::NoMessage | ThreadError::Deleted)
            | Self::Post(PostError::Thread(_)) => ErrorCode::NoMessage,
            Self::Update(UpdateError::NotYours) => ErrorCode::NotYours,
            Self::Update(UpdateError::Outdated) => ErrorCode::Outdated,
            Self::Update(UpdateError::Empty | UpdateError::NoOption)
            | Self::Membership(
                MembershipError::DirectPeople | MembershipError::DirectYourself | MembershipError::DirectUnknown,
            )
            | Self::SignOut(SignOutError::NoDevice)
            | Self::WhichDevice
            | Self::KeepDays
            | Self::Name(_)
            | Self::Emoji(_) => ErrorCode::BadField,
            Self::TooFast(_) => ErrorCode::TooFast,
            Self::Update(UpdateError::TooMany | UpdateError::TooManyPins | UpdateError::TooManyVotes)
            | Self::Save(SaveError::TooMany)
            | Self::Moderation(ModerationError::TooManyRoles)
            | Self::Membership(MembershipError::RoomFull | MembershipError::TooManyRooms) => ErrorCode::TooMany,
            Self::Moderation(ModerationError::LastOwner) => ErrorCode::LastOwner,
            Self::NotAllowed
            | Self::NameTaken
            | Self::Update(UpdateError::Closed | UpdateError::Voted)
            | Self::Membership(
                MembershipError::NoSuchRoom
                | MembershipError::Open
                | MembershipError::HostsOnly
                | MembershipError::Direct,
            )
            | Self::Moderation(
                ModerationError::NotAllowed | ModerationError::DetailsNotAllowed | ModerationError::OwnersOnly,
            )
            | Self::PostingDenied(PostingDenied::Banned { .. } | PostingDenied::ModeratorsOnly) => {
                ErrorCode::NotAllowed
            }
            Self::OtherRoom => ErrorCode::OtherRoom,
            Self::PostingDenied(PostingDenied::Muted { .. }) => ErrorCode::Muted,
            Self::PostingDenied(PostingDenied::ReadOnly | PostingDenied::Archived) => ErrorCode::ReadOnly,
            Self::PostingDenied(PostingDenied::TooFast { .. }) => ErrorCode::TooFast,
            Self::Moderation(ModerationError::Unavailable(_))
            | Self::Membership(MembershipError::Unavailable(_))
            | Self::PostingDenied(PostingDenied::Unavailable(_))
            | Self::Post(PostError::Unavailable(_))
            | Self::Update(UpdateError::Unavailable(_))
            | Self::Save(SaveError::Unavailable(_))
            | Self::Thread(ThreadError::Unavailable(_))
            | Self::SignOut(SignOutError::Unavailable(_))
            | Self::Profile(ProfileError::Changing | ProfileError::Unavailable(_))
            | Self::Unavailable(_) => ErrorCode::Unavailable,
        }
    }

    /// Returns after how many seconds a retry is allowed, where that is known.
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

/// Returns the `error` message for the client. It says what to do and nothing about the server's internals.
pub(crate) fn to_error(failure: FrameFailure) -> ServerMessage {
    let retry_after = match &failure {
        FrameFailure::Command { error, .. } => error.retry_after(),
        _ => None,
    };
    let (code, message, action, nonce) = match failure {
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

/// Turns the text of an error into a sentence: with a capital letter and a full stop.
fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use shared_types::ActionName;

    use super::*;
    use crate::access::confusable_name::reject_confusable;

    fn check(failure: FrameFailure, code: ErrorCode, action: Option<&str>, nonce: Option<&str>) {
        let reply = to_error(failure);
        let ServerMessage::Error { code: c, message, action: a, nonce: n, .. } = &reply else { panic!("{reply:?}") };
        assert_eq!((*c, a.as_ref().map(ActionName::as_str), n.as_ref().map(Nonce::as_str)), (code, action, nonce));
        assert!(message.ends_with('.'), "{message} is a sentence");
        assert!(!message.contains("dynamodb"), "{message} reveals no internals");
    }

    #[test]
    fn every_failure_has_its_error_code() {
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
        let command_error = |why| FrameFailure::Command { error: why, action: Action::Send, nonce: "n-1".parse().ok() };
        let image = |fault| command_error(PostError::Image(RefusedImage { number: 2, count: 3, fault }).into());
        check(image(ImageFault::Missing), ErrorCode::NoImage, Some("send"), Some("n-1"));
        for fault in [ImageFault::Size, ImageFault::NoImage, ImageFault::Kind, ImageFault::Sides] {
            check(image(fault), ErrorCode::BadImage, Some("send"), Some("n-1"));
        }
        for (fault, code) in [
            (PictureFault::Missing, ErrorCode::NoImage),
            (PictureFault::Image(ImageFault::Kind), ErrorCode::BadImage),
            (PictureFault::Sides, ErrorCode::BadImage),
            (PictureFault::Animated, ErrorCode::BadImage),
        ] {
            check(command_error(ProfileError::from(fault).into()), code, Some("send"), Some("n-1"));
        }
        let update_error = |why: UpdateError| command_error(why.into());
        check(update_error(UpdateError::NoMessage), ErrorCode::NoMessage, Some("send"), Some("n-1"));
        check(update_error(UpdateError::NotYours), ErrorCode::NotYours, Some("send"), Some("n-1"));
        check(update_error(UpdateError::Outdated), ErrorCode::Outdated, Some("send"), Some("n-1"));
        check(update_error(UpdateError::Empty), ErrorCode::BadField, Some("send"), Some("n-1"));
        check(update_error(UpdateError::TooMany), ErrorCode::TooMany, Some("send"), Some("n-1"));
        check(update_error(UpdateError::TooManyPins), ErrorCode::TooMany, Some("send"), Some("n-1"));
        check(update_error(UpdateError::TooManyVotes), ErrorCode::TooMany, Some("send"), Some("n-1"));
        check(update_error(UpdateError::NoOption), ErrorCode::BadField, Some("send"), Some("n-1"));
        check(update_error(UpdateError::Closed), ErrorCode::NotAllowed, Some("send"), Some("n-1"));
        check(update_error(UpdateError::Voted), ErrorCode::NotAllowed, Some("send"), Some("n-1"));
        check(command_error(CommandError::NameTaken), ErrorCode::NotAllowed, Some("send"), Some("n-1"));
        check(command_error(confusable_name_error().into()), ErrorCode::BadField, Some("send"), Some("n-1"));
        check(command_error(RateError::from(too_fast(1)).into()), ErrorCode::TooFast, Some("send"), Some("n-1"));
        let posting_denied = |why: PostingDenied| command_error(why.into());
        for (why, code) in [
            (ModerationError::NotAllowed, ErrorCode::NotAllowed),
            (ModerationError::DetailsNotAllowed, ErrorCode::NotAllowed),
            (ModerationError::OwnersOnly, ErrorCode::NotAllowed),
            (ModerationError::LastOwner, ErrorCode::LastOwner),
            (ModerationError::TooManyRoles, ErrorCode::TooMany),
        ] {
            check(command_error(why.into()), code, Some("send"), Some("n-1"));
        }
        check(posting_denied(PostingDenied::Banned { seconds: 9 }), ErrorCode::NotAllowed, Some("send"), Some("n-1"));
        check(posting_denied(PostingDenied::Muted { seconds: 9 }), ErrorCode::Muted, Some("send"), Some("n-1"));
        check(posting_denied(PostingDenied::ModeratorsOnly), ErrorCode::NotAllowed, Some("send"), Some("n-1"));
        check(posting_denied(PostingDenied::ReadOnly), ErrorCode::ReadOnly, Some("send"), Some("n-1"));
        check(posting_denied(PostingDenied::Archived), ErrorCode::ReadOnly, Some("send"), Some("n-1"));
        for (why, code) in [
            (MembershipError::NoSuchRoom, ErrorCode::NotAllowed),
            (MembershipError::Open, ErrorCode::NotAllowed),
            (MembershipError::HostsOnly, ErrorCode::NotAllowed),
            (MembershipError::RoomFull, ErrorCode::TooMany),
            (MembershipError::Direct, ErrorCode::NotAllowed),
            (MembershipError::DirectPeople, ErrorCode::BadField),
            (MembershipError::DirectYourself, ErrorCode::BadField),
            (MembershipError::DirectUnknown, ErrorCode::BadField),
            (MembershipError::TooManyRooms, ErrorCode::TooMany),
        ] {
            check(command_error(why.into()), code, Some("send"), Some("n-1"));
        }
        check(posting_denied(PostingDenied::TooFast { seconds: 9 }), ErrorCode::TooFast, Some("send"), Some("n-1"));
        check(command_error(SignOutError::NoDevice.into()), ErrorCode::BadField, Some("send"), Some("n-1"));
        check(command_error(CommandError::WhichDevice), ErrorCode::BadField, Some("send"), Some("n-1"));
        check(command_error(CommandError::KeepDays), ErrorCode::BadField, Some("send"), Some("n-1"));
        check(command_error(SaveError::NoMessage.into()), ErrorCode::NoMessage, Some("send"), Some("n-1"));
        check(command_error(SaveError::TooMany.into()), ErrorCode::TooMany, Some("send"), Some("n-1"));
        check(command_error(CommandError::OtherRoom), ErrorCode::OtherRoom, Some("send"), Some("n-1"));
        let cause = || Unavailable { doing: "asking dynamodb", cause: "dynamodb timed out".into() };
        let from = [
            cause().into(),
            PostError::Unavailable(cause()).into(),
            UpdateError::Unavailable(cause()).into(),
            SaveError::Unavailable(cause()).into(),
            ModerationError::Unavailable(cause()).into(),
            PostingDenied::Unavailable(cause()).into(),
            MembershipError::Unavailable(cause()).into(),
            SignOutError::Unavailable(cause()).into(),
            ProfileError::Unavailable(cause()).into(),
            ProfileError::Changing.into(),
            RateError::from(cause()).into(),
        ];
        for why in from {
            check(command_error(why), ErrorCode::Unavailable, Some("send"), Some("n-1"));
        }
    }

    fn too_fast(milliseconds: u64) -> TooFast {
        TooFast::after(Duration::from_millis(milliseconds))
    }

    fn confusable_name_error() -> ConfusableName {
        reject_confusable(&"\u{410}nn".parse().unwrap()).unwrap_err()
    }

    #[test]
    fn retry_after_is_rounded_up_to_whole_seconds() {
        for (milliseconds, seconds) in [(1, 1), (1_000, 1), (1_001, 2), (59_999, 60)] {
            let why = RateError::from(too_fast(milliseconds)).into();
            let reply = to_error(FrameFailure::Command { error: why, action: Action::Send, nonce: None });
            let ServerMessage::Error { retry_after, message, .. } = reply else { panic!("{reply:?}") };
            assert_eq!(retry_after, Some(seconds));
            assert!(message.contains(&format!("in {seconds} s")), "{message}");
        }
    }
}
