//! Why something was not done.

use shared_types::{ErrorCode, NameError, limits};

use super::Words;
#[cfg(feature = "hydrate")]
use crate::picture::Unfit;

impl Words {
    /// Why the server did not take something that the page says: a sentence in place of the server's own, which is English.
    /// There is none for what only other programs meet.
    pub(crate) fn refusal(&self, code: ErrorCode) -> Option<&'static str> {
        match code {
            ErrorCode::BadField | ErrorCode::FrameTooLarge => Some(self.refused),
            ErrorCode::BadImage => Some(self.bad_image),
            ErrorCode::NoImage => Some(self.upload_broken),
            ErrorCode::Unavailable => Some(self.unavailable),
            ErrorCode::NoMessage => Some(self.no_message),
            ErrorCode::NotYours => Some(self.not_yours),
            ErrorCode::TooMany => Some(self.too_many_reactions),
            ErrorCode::TooFast => Some(self.too_fast),
            ErrorCode::ReadOnly => Some(self.read_only),
            ErrorCode::Muted => Some(self.muted),
            ErrorCode::NotAllowed => Some(self.not_allowed),
            _ => None,
        }
    }

    /// Why a file cannot be sent.
    #[cfg(feature = "hydrate")]
    pub(crate) fn unfit(&self, file: &str, why: Unfit) -> String {
        let why = match why {
            Unfit::TooLarge => self.too_large,
            Unfit::NotAnImage => self.not_an_image,
            Unfit::TooManyPixels => self.too_many_pixels,
            Unfit::LargeGif => self.large_gif,
            Unfit::TooDense => self.too_dense,
        };
        [file, self.colon, why].concat()
    }

    /// Why a name cannot be taken.
    pub(crate) fn bad_name(&self, error: NameError) -> String {
        match error {
            NameError::Empty => self.name_empty.into(),
            NameError::TooLong { .. } => self.name_long.with(&limits::NAME_CHARS.to_string()),
            NameError::Character => self.name_character.into(),
        }
    }
}
