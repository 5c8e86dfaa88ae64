//! `describe`: changes the details of the room. The broadcast is the answer.

use shared_types::{RoomDetails, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command. Who may describe an open room is decided in
/// [`set_details`](crate::moderation::actions::ModerationActions::set_details).
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Post, rate_bucket: Some(RateBucket::Change) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, details: RoomDetails) -> Reply {
    let room = &sender.room;
    if handler.acts_as_host(sender).await? {
        handler.posting_policy.restriction_store.moderation.set_details(room, &details, false).await?;
        handler.broadcast.to_room(room, &ServerMessage::Details { details }).await?;
        return Ok(None);
    }
    // Only who opens a room needs to know whether it has messages.
    let is_empty = !sender.person.moderator && handler.poster.messages.before(room, None, 1).await?.is_empty();
    handler.moderation.set_details(&sender.person, room, &details, is_empty).await?;
    let listed = handler.room_list.set_details(room, &details);
    let notice = ServerMessage::Details { details: details.clone() };
    let (told, listed) = futures::join!(handler.broadcast.to_room(room, &notice), listed);
    told?;
    listed?;
    Ok(None)
}
