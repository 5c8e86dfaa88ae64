//! `closePoll`: ends a poll of the sender; moderators may end any poll. The broadcast is the answer.

use shared_types::{Nonce, Seq};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket, messages::update::MessageUpdate, moderation::posting_policy::Permission,
    ports::connections::Connection,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Post, rate_bucket: Some(RateBucket::Change) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, seq: Seq, nonce: &Nonce) -> Reply {
    handler.update(sender, seq, nonce, MessageUpdate::PollClosed).await
}
