//! `addMember`: adds a person to a private room. Every member may. Replies with `members`, and with `memberAdded` for another room than the
//! sender's. A person who was no member before is told with `roomAdded`.

use shared_types::{PersonId, PersonName, RoomName, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply, members};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command. Who is a member is decided in
/// [`add`](crate::access::room_membership::RoomMembership::add).
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::NotMuted, rate_bucket: Some(RateBucket::Change) };

pub(super) async fn run(
    handler: &FrameHandler,
    sender: &Connection,
    person: PersonId,
    name: Option<PersonName>,
    other_room: Option<RoomName>,
) -> Reply {
    let now = handler.broadcast.clock.now();
    let room = other_room.as_ref().unwrap_or(&sender.room);
    if handler.membership.add(&sender.person.id, room, person.clone(), name, now).await? {
        handler.tell_added(room, &person).await;
    }
    match other_room {
        Some(member_room) => Ok(Some(ServerMessage::MemberAdded { member_room, person })),
        None => members::run(handler, sender).await,
    }
}
