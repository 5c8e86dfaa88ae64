//! `pins`: replies with the pinned messages of the room.

use shared_types::Action;

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket, messages::pins::PinnedMessages, moderation::posting_policy::Permission,
    ports::connections::Connection,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Pins)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection) -> Reply {
    let pins = PinnedMessages { messages: handler.poster.messages.as_ref() };
    Ok(Some(pins.list(&sender.room).await?))
}
