//! `forget`: erases a batch of the sender's messages, and with the last one where they have read. Replies with `forgotten`, which says whether some are left.

use shared_types::{Action, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::EraseMyData)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection) -> Reply {
    let (count, more) = handler.erase_batch(&sender.person.id).await?;
    let more = more || handler.read_positions.remove(&sender.person.id).await?;
    Ok(Some(ServerMessage::DataErased { count, more }))
}
