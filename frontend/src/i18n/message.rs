//! A message: its first words, what it answers, how long it is, its image, and how many are new.

use page_model::timeline::{ReplyPreview, UnreadSummary};
use shared_types::limits;

use crate::i18n::Translations;

/// So much of a message stands where another one answers it: more than a line has room for, in characters.
const EXCERPT_CHARS: usize = 120;

impl Translations {
    /// The first words of a message, on one line.
    pub(crate) fn excerpt(&self, preview: &ReplyPreview) -> String {
        preview
            .text
            .as_ref()
            .map_or_else(|| self.earlier_message.into(), |text| text.as_str().chars().take(EXCERPT_CHARS).collect())
    }

    /// Whom and what the visitor is about to answer.
    pub(crate) fn replying(&self, preview: &ReplyPreview) -> String {
        [&self.replying.with(self.name(&preview.author)), self.colon, &self.excerpt(preview)].concat()
    }

    /// How much is new to the visitor, with the way to where it begins.
    pub(crate) fn unread_messages(&self, news: &UnreadSummary) -> String {
        if news.more {
            self.unread_messages_more.with(&news.count.to_string())
        } else {
            self.unread_messages.of(news.count)
        }
    }

    /// The room left in the composer, or how much is too much.
    pub(crate) fn counter(&self, chars: usize) -> String {
        match chars.checked_sub(limits::TEXT_CHARS) {
            None | Some(0) => self.chars_left.of(limits::TEXT_CHARS - chars),
            Some(over) => self.chars_over.of(over),
        }
    }

    /// The name of the button that shows an image at its full size.
    pub(crate) fn open_image(&self, alt: Option<&str>) -> String {
        alt.map_or_else(|| self.open_image.into(), |alt| self.open_described.with(alt))
    }
}
