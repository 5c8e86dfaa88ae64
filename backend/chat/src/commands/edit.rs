//! `edit`: gives a message of the sender another text. The broadcast is the answer.

use shared_types::{MessageText, Nonce, Person, Seq};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket, messages::update::MessageUpdate, moderation::posting_policy::Permission,
    ports::connections::Connection,
};

/// For whom the command is, and what it counts against.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Post, rate_bucket: Some(RateBucket::Change) };

pub(super) async fn run(
    handler: &FrameHandler,
    speaker: &Connection,
    seq: Seq,
    nonce: &Nonce,
    text: Option<MessageText>,
    mentions: Vec<Person>,
) -> Reply {
    handler.update(speaker, seq, nonce, MessageUpdate::Text { text, mentions }).await
}
