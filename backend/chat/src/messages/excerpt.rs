//! The beginning of messages, for lists and for news of other rooms.

use shared_types::{ChatImage, ChatMessage, MessageExcerpt, MessageText, RoomName, limits, plain_text};

use crate::{content::html_cache::HtmlCache, cpu::yield_processor};

/// Renders a message and returns the beginning of what it shows.
pub(crate) fn excerpt(html: &HtmlCache, room: &RoomName, message: ChatMessage) -> MessageExcerpt {
    yield_processor();
    let message = html.with_html(room, message);
    let images = message.image.as_ref().map(ChatImage::count).filter(|count| *count > 1);
    MessageExcerpt {
        seq: message.seq,
        text: beginning(&message),
        author: message.author,
        sent_at: message.sent_at,
        pinned: message.pinned,
        images: images.and_then(|count| count.try_into().ok()),
    }
}

/// Returns the beginning of what a rendered message shows, without formatting. `None` if that is blank.
pub(crate) fn beginning(message: &ChatMessage) -> Option<MessageText> {
    let text = plain_text(message.text.as_ref(), message.html.as_deref())?;
    text.as_str().chars().take(limits::NEWS_CHARS).collect::<String>().parse().ok()
}
