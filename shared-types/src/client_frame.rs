//! Parsing of frames on the server: the parser, and the checks that the types of the fields do not make.

use serde::Deserialize as _;

use crate::{
    Action, AltText, ChatImage, ClientMessage, ImageType, MessageText, Nonce, RoomName, RoomTag, UploadedPicture,
    limits::{ALBUM_CHARS, IMAGE_PIXELS, MENTIONS, MESSAGE_IMAGES, PICTURE_BYTES, ROOMS, THREADS_PAGE},
};

impl ClientMessage {
    /// Parses one frame.
    ///
    /// # Errors
    ///
    /// Returns a [`FrameError`] if the frame is not JSON, has no known action, or has a bad field.
    pub fn parse(frame: &str) -> Result<Self, FrameError> {
        Self::parse_with_room(frame).map(|(message, _)| message)
    }

    /// Parses one frame, and returns the room that it names beside the fields of its command. [`Self::Enter`] names none, because it leaves
    /// its room, and [`Self::Read`] names none, because it may be about any room.
    ///
    /// # Errors
    ///
    /// As [`Self::parse`]; also if the name of the room is not valid.
    pub fn parse_with_room(frame: &str) -> Result<(Self, Option<RoomName>), FrameError> {
        let value: serde_json::Value = serde_json::from_str(frame).map_err(|_| FrameError::Json)?;
        let name = value.get("action").and_then(|action| action.as_str()).ok_or(FrameError::NoAction)?;
        let unknown = |_| FrameError::UnknownAction { action: name.chars().take(64).collect() };
        let action: Action = name.parse().map_err(unknown)?;
        let bad_field = |reason| FrameError::Field { action, nonce: nonce_of(&value), reason };
        let message = Self::deserialize(&value).map_err(|error| bad_field(error.to_string()))?;
        message.check_fields().map_err(bad_field)?;
        if matches!(action, Action::Enter | Action::Read) {
            return Ok((message, None));
        }
        let tag = RoomTag::deserialize(&value).map_err(|error| bad_field(error.to_string()))?;
        Ok((message, tag.room))
    }

    /// Checks what the types of the fields do not: the lengths of lists, the area of an image, and that a message has text or an
    /// image. The match has no default, so that a list in a new command cannot be forgotten.
    fn check_fields(&self) -> Result<(), String> {
        match self {
            Self::Send { text: None, image: None, .. } => Err("missing field `text`".into()),
            Self::Send { text, image: Some(image), nonce, .. }
                if let Err(error) = check_images(text.as_ref(), image, nonce.as_ref()) =>
            {
                Err(error)
            }
            Self::Send { text: None, poll: Some(_), .. } => Err("missing field `text`".into()),
            Self::Send { image: Some(_), poll: Some(_), .. } => Err("a message has an `image` or a `poll`".into()),
            Self::Send { poll: Some(poll), .. } if let Err(error) = poll.check() => Err(format!("`poll` {error}")),
            Self::Send { mentions, .. } | Self::Edit { mentions, .. } if mentions.len() > MENTIONS => {
                Err(format!("`mentions` has more than {MENTIONS} people"))
            }
            Self::SetProfile { picture: Some(picture), .. } if let Err(error) = check_picture(picture) => Err(error),
            Self::Rooms { rooms, .. } if rooms.len() > ROOMS => Err(format!("`rooms` has more than {ROOMS}")),
            Self::Threads { roots } if roots.len() > THREADS_PAGE => {
                Err(format!("`roots` has more than {THREADS_PAGE} threads"))
            }
            Self::Send { .. }
            | Self::Edit { .. }
            | Self::Rooms { .. }
            | Self::Hello { .. }
            | Self::Upload { .. }
            | Self::Delete { .. }
            | Self::React { .. }
            | Self::Pin { .. }
            | Self::Vote { .. }
            | Self::ClosePoll { .. }
            | Self::History { .. }
            | Self::Changes { .. }
            | Self::Rename { .. }
            | Self::People
            | Self::Search { .. }
            | Self::Pins
            | Self::Save { .. }
            | Self::Saved { .. }
            | Self::Typing
            | Self::Mute { .. }
            | Self::Ban { .. }
            | Self::Restrictions { .. }
            | Self::PurgeUser { .. }
            | Self::Rules { .. }
            | Self::Describe { .. }
            | Self::Audit { .. }
            | Self::EraseMyData
            | Self::SetRole { .. }
            | Self::Roles
            | Self::SetIdentity { .. }
            | Self::Usage
            | Self::Ping
            | Self::Enter { .. }
            | Self::Read { .. }
            | Self::ReadThread { .. }
            | Self::Receipts
            | Self::CreateRoom { .. }
            | Self::MyRooms
            | Self::Members
            | Self::AddMember { .. }
            | Self::RemoveMember { .. }
            | Self::Directory { .. }
            | Self::LeaveRoom
            | Self::Thread { .. }
            | Self::Threads { .. }
            | Self::Direct { .. }
            | Self::SignOut { .. }
            | Self::Profile { .. }
            | Self::SetProfile { .. } => Ok(()),
        }
    }
}

/// Returns the nonce of a frame, as far as it can be read: that of `setProfile` is in its picture.
fn nonce_of(frame: &serde_json::Value) -> Option<Nonce> {
    let nonce = frame.get("nonce").or_else(|| frame.get("picture")?.get("nonce"));
    nonce.and_then(|nonce| nonce.as_str()?.parse().ok())
}

/// Checks the images of a message together with its text and its nonce.
fn check_images(text: Option<&MessageText>, image: &ChatImage, nonce: Option<&Nonce>) -> Result<(), String> {
    if !image.all().all(ChatImage::has_allowed_area) {
        return Err(format!("`image` has more than {IMAGE_PIXELS} pixels"));
    }
    if nonce.is_some_and(Nonce::is_numbered) {
        return Err("`nonce` is that of another image: `=` and a number must not be its end".into());
    }
    if image.more.is_empty() {
        return Ok(());
    }
    if image.count() > MESSAGE_IMAGES {
        return Err(format!("`image` has more than {} in `more`", MESSAGE_IMAGES - 1));
    }
    if !image.more.0.iter().all(|image| image.more.is_empty()) {
        return Err("an image in `more` has `more` itself".into());
    }
    if nonce.is_some_and(|nonce| nonce.of_image(image.count() - 1).is_none()) {
        return Err("`nonce` is too long for a message with several images".into());
    }
    let descriptions = image.all().filter_map(|image| image.alt.as_ref()).map(AltText::as_str);
    let chars: usize = descriptions.chain(text.map(MessageText::as_str)).map(|text| text.chars().count()).sum();
    if chars > ALBUM_CHARS {
        return Err(format!("`text` and the descriptions of `image` have together more than {ALBUM_CHARS} characters"));
    }
    Ok(())
}

/// Checks the picture of a profile as far as it is announced.
fn check_picture(picture: &UploadedPicture) -> Result<(), String> {
    if picture.size.get() > PICTURE_BYTES {
        return Err(format!("`picture` has more than {PICTURE_BYTES} bytes"));
    }
    if picture.kind == ImageType::Gif {
        return Err("`picture` must be a PNG, a JPEG or a WebP".into());
    }
    Ok(())
}

/// Why a frame is not a [`ClientMessage`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameError {
    /// The frame is not JSON.
    Json,
    /// The frame has no `action`, or one that is not a string.
    NoAction,
    /// This server does not know the action.
    UnknownAction {
        /// Name of the unknown action, cut after 64 characters.
        action: String,
    },
    /// A field is missing or has a value that is not allowed.
    Field {
        /// The action of the frame.
        action: Action,
        /// The nonce of the frame, if it has one. With it the page finds the message.
        nonce: Option<Nonce>,
        /// The parser's description of the fault.
        reason: String,
    },
}
