//! `describe`: changes the details of the room. The broadcast is the answer.
//!
//! A direct message has one detail only, whether it shows who has read, and each of its people changes it.

use shared_types::{RoomDetails, RoomDetailsChange, ServerMessage, limits};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::{direct_messages::title_for, rate_limit::RateBucket, room_membership::MembershipError},
    moderation::posting_policy::Permission,
    ports::connections::Connection,
};

/// Permission and rate bucket of the command. Who may describe an open room is decided in
/// [`set_details`](crate::moderation::actions::ModerationActions::set_details).
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Post, rate_bucket: Some(RateBucket::Change) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, change: RoomDetailsChange) -> Reply {
    let room = &sender.room;
    let receipts = match change.receipts {
        Some(receipts) => receipts,
        // The page does not know whether the room shows who has read.
        None => handler.shows_receipts(room).await?,
    };
    let details = change.after(receipts);
    if room.is_direct() {
        return describe_direct(handler, sender, details).await;
    }
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

/// Changes whether a direct message shows who has read. Its title stays the names of its people.
async fn describe_direct(handler: &FrameHandler, sender: &Connection, details: RoomDetails) -> Reply {
    let RoomDetails { title, topic, description, receipts } = details;
    let room = &sender.room;
    let members = handler.membership.members.members(room, limits::DIRECT_PEOPLE).await?;
    let is_own_title = title.is_none() || title == title_for(&sender.person.id, &members);
    if !is_own_title || topic.is_some() || description.is_some() {
        return Err(MembershipError::Direct.into());
    }
    let stored = RoomDetails { receipts, ..RoomDetails::default() };
    handler.posting_policy.restriction_store.moderation.set_details(room, &stored, false).await?;
    handler.tell_direct_details(room, &members, receipts, None).await?;
    Ok(None)
}
