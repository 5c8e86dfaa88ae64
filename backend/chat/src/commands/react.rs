//! `react`: adds or removes a reaction of the sender. The broadcast is the answer.

use shared_types::{Emoji, Nonce, Seq};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket, content::emoji::canonical, messages::update::MessageUpdate,
    moderation::posting_policy::Permission, ports::connections::Connection,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Post, rate_bucket: Some(RateBucket::Reaction) };

pub(super) async fn run(
    handler: &FrameHandler,
    sender: &Connection,
    seq: Seq,
    nonce: &Nonce,
    emoji: Emoji,
    on: bool,
) -> Reply {
    let emoji = match canonical(&emoji) {
        Ok(emoji) => emoji,
        // Older servers stored other symbols as well. They can be removed.
        Err(_) if !on => emoji,
        Err(not_one_emoji) => return Err(not_one_emoji.into()),
    };
    handler.update(sender, seq, nonce, MessageUpdate::Reaction { emoji, on }).await
}
