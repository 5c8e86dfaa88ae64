//! `myRooms`: replies with the private rooms of which the sender is a member.

use shared_types::{Action, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::MyRooms)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection) -> Reply {
    let moderation = handler.posting_policy.restriction_store.moderation.as_ref();
    Ok(Some(ServerMessage::MyRooms { rooms: handler.membership.rooms_of(&sender.person.id, moderation).await? }))
}
