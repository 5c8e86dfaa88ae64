//! `save`: saves a message for the sender, or removes it from what they saved. Replies with `save`. Nobody else is told.

use shared_types::{Action, RoomName, Seq, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Save)) };

pub(super) async fn run(
    handler: &FrameHandler,
    sender: &Connection,
    message_room: Option<RoomName>,
    seq: Seq,
    saved: bool,
) -> Reply {
    let message_room = message_room.unwrap_or_else(|| sender.room.clone());
    if saved {
        handler.saved.save(&sender.person, &message_room, seq).await?;
    } else {
        handler.saved.remove(&sender.person, &message_room, seq).await?;
    }
    Ok(Some(ServerMessage::Save { message_room, seq, saved }))
}
