//! `edit`: replaces the text of a message of the sender. The broadcast is the answer.

use shared_types::{MessageText, Nonce, Person, Seq};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket, messages::update::MessageUpdate, moderation::posting_policy::Permission,
    ports::connections::Connection,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Post, rate_bucket: Some(RateBucket::Change) };

pub(super) async fn run(
    handler: &FrameHandler,
    sender: &Connection,
    seq: Seq,
    nonce: &Nonce,
    text: Option<MessageText>,
    mentions: Vec<Person>,
) -> Reply {
    handler.update(sender, seq, nonce, MessageUpdate::Text { text, mentions }).await
}
