//! `forget`: erases a batch of the sender's messages, and then of what they saved. Replies with `forgotten`, which says whether some are left.

use shared_types::{Action, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::EraseMyData)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection) -> Reply {
    let (count, more) = handler.erase_batch(&sender.person.id).await?;
    // What the sender saved is removed last, when nothing else is left.
    let more = more || handler.saved.erase(&sender.person.id).await?;
    Ok(Some(ServerMessage::DataErased { count, more }))
}
