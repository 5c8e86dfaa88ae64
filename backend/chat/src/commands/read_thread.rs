//! `readThread`: advances the sender's read position in a thread of the room. There is no reply, and nobody is told: the other devices of the
//! person find it in the next answer to `threads`.
//!
//! The position is not compared with the messages of the room, as that of `read`.

use shared_types::{Action, Seq};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket,
    moderation::posting_policy::Permission,
    ports::{connections::Connection, read_positions::ThreadPosition},
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::ReadThread)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, root: Seq, seq: Seq) -> Reply {
    let (person, room, at) = (sender.person.id.clone(), sender.room.clone(), handler.broadcast.clock.now());
    handler.read_positions.advance_thread(&ThreadPosition { person, room, root, seq, at }).await?;
    Ok(None)
}
