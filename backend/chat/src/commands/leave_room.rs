//! `leaveRoom`: ends the sender's membership of the private room, or takes a direct message out of their list. Replies with `roomLeft`, and closes the sender's sockets there.

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Change) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection) -> Reply {
    handler.membership.leave(&sender.room, &sender.person.id).await?;
    // It answers the sender, too: the sender is one of the listeners.
    handler.shut_out(&sender.room, &sender.person.id).await?;
    // Somebody who left a direct message is still one of its people.
    if !sender.room.is_direct() {
        handler.read_positions.hide(&sender.person.id, &sender.room).await?;
    }
    Ok(None)
}
