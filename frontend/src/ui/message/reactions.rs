//! The visitor's reactions to messages.

use leptos::prelude::*;
use page_model::timeline::{Change, Row};
use shared_types::{Emoji, Seq};

use crate::ui::state::{Chat, intent::Intent};

/// Whether the visitor reacted to a row with an emoji.
pub(crate) fn has_reacted(row: &Row, emoji: &str) -> bool {
    emoji
        .parse()
        .is_ok_and(|emoji: Emoji| row.reactions.iter().any(|reaction| reaction.mine && reaction.emoji == emoji))
}

/// Adds or removes a reaction of the visitor.
pub(crate) fn toggle(chat: Chat, seq: Seq, emoji: &str) {
    let (Some(row), Ok(emoji)) = (chat.row(seq), emoji.parse::<Emoji>()) else { return };
    let on = !has_reacted(&row, emoji.as_str());
    chat.dispatch.run(Intent::Change(seq, Change::Reaction { emoji, on }));
}
