//! `createRoom`: makes a private room, whose only member and host is the sender. Replies with `roomCreated`.

use shared_types::{RoomTitle, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::NotMuted, rate_bucket: Some(RateBucket::Change) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, title: RoomTitle) -> Reply {
    let moderation = handler.posting_policy.restriction_store.moderation.as_ref();
    let (now, entropy) = (handler.broadcast.clock.now(), handler.broadcast.entropy.as_ref());
    let room = handler.membership.create(&sender.person_as_chosen(), &title, now, entropy, moderation).await?;
    Ok(Some(ServerMessage::RoomCreated { room, title }))
}
