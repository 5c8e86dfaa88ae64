//! The visitor's reactions to messages.

use page_model::timeline::{Change, Row};
use shared_types::{Emoji, Seq};

use crate::ui::state::{Chat, intent::Intent};

/// Whether the visitor reacted to a row with an emoji.
pub(crate) fn has_reacted(row: &Row, emoji: &str) -> bool {
    emoji
        .parse()
        .is_ok_and(|emoji: Emoji| row.reactions.iter().any(|reaction| reaction.mine && reaction.emoji == emoji))
}

/// Adds or removes a reaction of the visitor. Adds it to a message that left the log while the emoji was picked.
pub(crate) fn toggle(chat: Chat, seq: Seq, emoji: &str) {
    let Ok(emoji) = emoji.parse::<Emoji>() else { return };
    let on = chat.row(seq).is_none_or(|row| !has_reacted(&row, emoji.as_str()));
    chat.dispatch.run(Intent::Change(seq, Change::Reaction { emoji, on }));
}
