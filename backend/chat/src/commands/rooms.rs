//! `rooms`: replies with the newest message of each of several rooms, and with their titles if they are asked for.

use shared_types::{Action, RoomName, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Rooms)) };

pub(super) async fn run(handler: &FrameHandler, rooms: Vec<RoomName>, titles: bool) -> Reply {
    let moderation = &handler.posting_policy.restriction_store.moderation;
    let titles = async { if titles { moderation.titles(&rooms).await } else { Ok(Vec::new()) } };
    let (rooms, titles) = futures::try_join!(handler.room_activity.newest(rooms.clone()), titles)?;
    Ok(Some(ServerMessage::Rooms { rooms, titles }))
}
