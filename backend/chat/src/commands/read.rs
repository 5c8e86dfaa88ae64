//! `read`: advances the sender's read position in a room, and tells their other sockets. There is no reply: a client whose report is lost
//! finds out with the next answer to `hello`, `enter` or `rooms`, which have the stored position.
//!
//! The position is not compared with the messages of the room. That would be another read, and a wrong one deceives its own person only;
//! in a room that shows who has read, a client could pretend as much by never reporting or by reporting at once.
//!
//! With `receipt` the others in the room see the position, if the room shows who has read. The client knows that from the details of the
//! room, so that no other room costs a read or a write more. The socket has to be in the room, so only those who may see it are shown.

use shared_types::{Action, RoomName, Seq};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket,
    moderation::posting_policy::Permission,
    ports::{
        Result,
        connections::Connection,
        read_positions::{ReadPosition, StoredReceipt},
    },
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Read)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, room: RoomName, seq: Seq, receipt: bool) -> Reply {
    let at = handler.broadcast.clock.now();
    let position = ReadPosition { person: sender.person.id.clone(), room, seq, at };
    let may_show = async { Ok(receipt && position.room == sender.room && handler.shows_receipts(&sender.room).await?) };
    let (advanced, may_show) = futures::try_join!(handler.read_positions.advance(&position), may_show)?;
    if !advanced {
        return Ok(None);
    }
    // After the position: the data of a person is erased by their positions.
    let is_shown = may_show && show(handler, sender, &position).await?;
    if let Err(error) = handler.broadcast.to_own_sockets(sender, &position.room, seq, is_shown).await {
        tracing::warn!(%error, "telling others what a person has read failed; their next request finds it");
    }
    Ok(None)
}

/// Stores the position as a receipt. Returns whether it is news for the room.
async fn show(handler: &FrameHandler, sender: &Connection, position: &ReadPosition) -> Result<bool> {
    let ReadPosition { person, room, seq, at } = position.clone();
    handler.read_positions.show(&StoredReceipt { room, person, name: sender.person.name.clone(), seq, at }).await
}
