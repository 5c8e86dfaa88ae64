//! `pin`: pins a message to the room or unpins it, unless somebody did so after the revision that the sender saw. The broadcast is the
//! answer; a message that is already as wanted is answered to the sender alone.

use shared_types::{Nonce, Seq};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket, messages::update::MessageUpdate, moderation::posting_policy::Permission,
    ports::connections::Connection,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Pin, rate_bucket: Some(RateBucket::Change) };

pub(super) async fn run(
    handler: &FrameHandler,
    sender: &Connection,
    seq: Seq,
    nonce: &Nonce,
    update: MessageUpdate,
) -> Reply {
    handler.update(sender, seq, nonce, update).await
}
