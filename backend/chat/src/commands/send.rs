//! `send`: stores a message and broadcasts it to the room. The broadcast is the answer.

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket, messages::post::Draft, moderation::posting_policy::Permission,
    ports::connections::Connection,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::PostMessage, rate_bucket: Some(RateBucket::Message) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, draft: Draft) -> Reply {
    let message = handler.poster.post(draft).await?;
    // The connections are read after the message is stored: a client that connects later reads the message from the log.
    // A retry broadcasts again, because the first attempt may have ended before its broadcast.
    handler.tell_room(sender, message).await?;
    Ok(None)
}
