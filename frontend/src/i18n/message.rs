//! Messages: excerpts, replies, the character counter, images, and unread messages.

use page_model::{
    rejected_image::ImageNote,
    timeline::{ReplyPreview, UnreadSummary},
};
use shared_types::limits;

use crate::i18n::Translations;

/// Maximum length of an excerpt, in characters: longer than a line of the page.
const EXCERPT_CHARS: usize = 120;

impl Translations {
    /// Returns the beginning of the message that a reply refers to.
    pub(crate) fn excerpt(&self, preview: &ReplyPreview) -> String {
        preview.text.as_ref().map_or_else(|| self.earlier_message.into(), |text| cut(text.as_str(), EXCERPT_CHARS))
    }

    /// Returns the title of the composer while the visitor replies: author and excerpt.
    pub(crate) fn replying(&self, preview: &ReplyPreview) -> String {
        [&self.replying.with(self.name(&preview.author)), self.colon, &self.excerpt(preview)].concat()
    }

    /// Returns the label of the button that leads to the first unread message.
    pub(crate) fn unread_messages(&self, unread: &UnreadSummary) -> String {
        if unread.more {
            self.unread_messages_more.with(&unread.count.to_string())
        } else {
            self.unread_messages.of(unread.count)
        }
    }

    /// Returns how many characters are left, or how many are too many.
    pub(crate) fn counter(&self, chars: usize) -> String {
        match chars.checked_sub(limits::TEXT_CHARS) {
            None | Some(0) => self.chars_left.of(limits::TEXT_CHARS - chars),
            Some(over) => self.chars_over.of(over),
        }
    }

    /// Returns the label of the button that opens an image in the lightbox. One of several without a description is named by its place.
    pub(crate) fn open_image(&self, alt: Option<&str>, number: usize, count: usize) -> String {
        match alt {
            Some(alt) => self.open_described.with(alt),
            None if count > 1 => [self.open_image, " ", &(number + 1).to_string(), "/", &count.to_string()].concat(),
            None => self.open_image.into(),
        }
    }

    /// Returns what the visitor should know about an attached image.
    pub(crate) fn image_note(&self, note: ImageNote) -> &'static str {
        match note {
            ImageNote::Still => self.dialogs().still_image,
            ImageNote::Small => self.dialogs().small_image,
        }
    }
}

/// Returns the beginning of a text, with an ellipsis if it is longer than `chars` characters.
pub(super) fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => [text[..end].trim_end(), "…"].concat(),
        None => text.into(),
    }
}
