//! `vote`: adds or removes a vote of the sender in a poll, unless they changed it after the revision that they saw. The broadcast is the
//! answer; a vote that is already as wanted is answered to the sender alone.

use shared_types::{Nonce, Seq};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket, messages::update::MessageUpdate, moderation::posting_policy::Permission,
    ports::connections::Connection,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Post, rate_bucket: Some(RateBucket::Reaction) };

pub(super) async fn run(
    handler: &FrameHandler,
    sender: &Connection,
    seq: Seq,
    nonce: &Nonce,
    vote: MessageUpdate,
) -> Reply {
    handler.update(sender, seq, nonce, vote).await
}
