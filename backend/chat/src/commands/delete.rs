//! `delete`: deletes a message of the sender; moderators may delete any message. The broadcast is the answer.

use shared_types::{Nonce, Seq};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket, messages::update::MessageUpdate, moderation::posting_policy::Permission,
    ports::connections::Connection,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Change) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, seq: Seq, nonce: &Nonce) -> Reply {
    handler.update(sender, seq, nonce, MessageUpdate::Deleted).await
}
