//! `read`: advances the sender's read position in a room, and tells their other sockets. There is no reply: a client whose report is lost
//! finds out with the next answer to `hello`, `enter` or `rooms`, which have the stored position.
//!
//! The position is not compared with the messages of the room. That would be another read, and a wrong one deceives its own person only.

use shared_types::{Action, RoomName, Seq};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket,
    moderation::posting_policy::Permission,
    ports::{connections::Connection, read_positions::ReadPosition},
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Read)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, room: RoomName, seq: Seq) -> Reply {
    let position = ReadPosition { person: sender.person.id.clone(), room, seq, at: handler.broadcast.clock.now() };
    if handler.read_positions.advance(&position).await?
        && let Err(error) = handler.broadcast.to_own_sockets(sender, &position.room, seq).await
    {
        tracing::warn!(%error, "telling a person's other sockets what was read failed; their next request finds it");
    }
    Ok(None)
}
