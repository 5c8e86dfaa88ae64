//! `react`: adds or removes a reaction of the sender, unless they changed it after the revision that they saw. The broadcast is the
//! answer; a reaction that is already as wanted is answered to the sender alone.

use shared_types::{Emoji, Nonce, Rev, Seq};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket, content::emoji::canonical, messages::update::MessageUpdate,
    moderation::posting_policy::Permission, ports::connections::Connection,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Post, rate_bucket: Some(RateBucket::Reaction) };

/// The reaction as the sender wants it.
pub(super) struct Wanted {
    pub(super) emoji: Emoji,
    pub(super) on: bool,
    /// The revision of the message that the sender saw.
    pub(super) based_on: Option<Rev>,
}

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, seq: Seq, nonce: &Nonce, wanted: Wanted) -> Reply {
    let Wanted { emoji, on, based_on } = wanted;
    let emoji = match canonical(&emoji) {
        Ok(emoji) => emoji,
        // Older servers stored other symbols as well. They can be removed.
        Err(_) if !on => emoji,
        Err(not_one_emoji) => return Err(not_one_emoji.into()),
    };
    handler.update(sender, seq, nonce, MessageUpdate::Reaction { emoji, on, based_on }).await
}
