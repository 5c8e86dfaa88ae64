//! `leaveRoom`: ends the sender's membership of the private room, or takes a direct message out of their list. Replies with `roomLeft`, and closes the sender's sockets there.

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Change) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection) -> Reply {
    // A later message brings a direct message back, and the repetition of an earlier one does not.
    let newest = match sender.room.is_direct() {
        true => handler.poster.messages.before(&sender.room, None, 1).await?.last().map(|message| message.seq),
        false => None,
    };
    handler.membership.leave(&sender.room, &sender.person.id, newest.unwrap_or_default()).await?;
    // It answers the sender, too: the sender is one of the listeners.
    handler.shut_out(&sender.room, &sender.person.id).await?;
    // Somebody who left a direct message is still one of its people.
    if !sender.room.is_direct() {
        handler.read_positions.hide(&sender.person.id, &sender.room).await?;
    }
    Ok(None)
}
