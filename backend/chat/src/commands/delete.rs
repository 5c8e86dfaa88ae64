//! `delete`: deletes a message: one of the sender, or as a moderator any. The broadcast is the answer.

use shared_types::{Nonce, Seq};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket, messages::update::MessageUpdate, moderation::posting_policy::Permission,
    ports::connections::Connection,
};

/// For whom the command is, and what it counts against.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Change) };

pub(super) async fn run(handler: &FrameHandler, speaker: &Connection, seq: Seq, nonce: &Nonce) -> Reply {
    handler.update(speaker, seq, nonce, MessageUpdate::Deleted).await
}
