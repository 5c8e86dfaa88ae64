//! `direct`: opens the direct message of the sender and one to seven others, and makes it if it does not exist. Replies with `roomCreated`.
//! A repetition changes nothing.

use shared_types::{NamedPerson, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::{direct_messages::DirectMessages, rate_limit::RateBucket},
    moderation::posting_policy::Permission,
    ports::connections::Connection,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::NotMuted, rate_bucket: Some(RateBucket::Change) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, people: Vec<NamedPerson>) -> Reply {
    let direct_messages = DirectMessages {
        membership: &handler.membership,
        restriction_store: &handler.posting_policy.restriction_store,
        read_positions: handler.read_positions.as_ref(),
        rate: &handler.rate,
    };
    let (room, title) = direct_messages.open(sender, people, handler.broadcast.clock.now()).await?;
    Ok(Some(ServerMessage::RoomCreated { room, title }))
}
