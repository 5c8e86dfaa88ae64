//! `forget`: erases a batch of what the sender wrote. Replies with `forgotten`, which says whether to ask again.

use shared_types::{Action, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// For whom the command is, and what it counts against.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::EraseMyData)) };

pub(super) async fn run(handler: &FrameHandler, speaker: &Connection) -> Reply {
    let (count, more) = handler.erase_batch(&speaker.person.id).await?;
    Ok(Some(ServerMessage::DataErased { count, more }))
}
