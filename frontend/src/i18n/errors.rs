//! Error sentences.

use page_model::texts::ClientTexts;
use shared_types::{ErrorCode, NameError, limits};

use crate::i18n::Translations;

impl ClientTexts for Translations {
    fn unconfirmed(&self) -> &'static str {
        self.unconfirmed
    }

    fn upload_failed(&self) -> &'static str {
        self.upload_broken
    }

    fn image_lost(&self) -> &'static str {
        self.image_lost
    }

    // Errors that only other clients can cause have no sentence.
    fn server_error(&self, code: ErrorCode) -> Option<&'static str> {
        match code {
            ErrorCode::BadField | ErrorCode::FrameTooLarge => Some(self.message_rejected),
            ErrorCode::BadImage => Some(self.bad_image),
            ErrorCode::NoImage => Some(self.upload_broken),
            ErrorCode::Unavailable => Some(self.unavailable),
            ErrorCode::NoMessage => Some(self.no_message),
            ErrorCode::NotYours => Some(self.not_yours),
            ErrorCode::Outdated => Some(self.outdated),
            ErrorCode::TooMany => Some(self.too_many),
            ErrorCode::TooFast => Some(self.too_fast),
            ErrorCode::ReadOnly => Some(self.read_only),
            ErrorCode::Muted => Some(self.muted),
            ErrorCode::NotAllowed => Some(self.not_allowed),
            _ => None,
        }
    }
}

impl Translations {
    /// Returns why a person's name is invalid.
    pub(crate) fn bad_name(&self, error: NameError) -> String {
        match error {
            NameError::Empty => self.dialogs().name_empty.into(),
            NameError::TooLong { .. } => self.dialogs().name_long.with(&limits::NAME_CHARS.to_string()),
            NameError::Character => self.dialogs().name_character.into(),
        }
    }
}
