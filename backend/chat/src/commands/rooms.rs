//! `rooms`: replies with the newest message of each of several rooms.

use shared_types::{Action, RoomName};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Rooms)) };

pub(super) async fn run(handler: &FrameHandler, rooms: Vec<RoomName>) -> Reply {
    Ok(Some(handler.room_activity.newest(rooms).await?))
}
