//! `send`: stores a message and tells the room. The broadcast is the answer.

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, messages::post::Draft, moderation::posting_policy::Permission};

/// For whom the command is, and what it counts against.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::PostMessage, rate_bucket: Some(RateBucket::Message) };

pub(super) async fn run(handler: &FrameHandler, draft: Draft) -> Reply {
    let room = draft.room.clone();
    let message = handler.poster.post(draft).await?;
    // Listeners are read after the message is stored, so that a client that connects later reads it from the log. A retry tells everybody
    // again: the first attempt may have ended before it told anybody.
    handler.tell_room(&room, message).await?;
    Ok(None)
}
