//! `read`: advances the sender's read position in a room, and tells their other sockets. There is no reply: a client whose report is lost
//! finds out with the next answer to `hello`, `enter` or `rooms`, which have the stored position.
//!
//! The position is not compared with the messages of the room. That would be another read, and a wrong one deceives its own person only.
//!
//! With `receipt` the others in the room see the position, if the room shows who has read. The client knows that from the details of the
//! room, so that no other room costs a read or a write more. The socket has to be in the room, so only those who may see it are shown.
//! What others see ends at the newest message. It is stored whenever it is behind, not only if the position advanced: another device may
//! have advanced it without `receipt`, or an earlier receipt may have failed. A receipt that fails leaves the position.

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
    let shown = async {
        let is_asked = receipt && position.room == sender.room;
        if is_asked { shown_seq(handler, &position).await } else { Ok(None) }
    };
    let (advanced, shown) = futures::join!(handler.read_positions.advance(&position), shown);
    let advanced = advanced?.then_some(seq);
    // After the position: the data of a person is erased by their positions.
    let shown = async { show(handler, sender, &position, shown?).await };
    let shown = shown.await.unwrap_or_else(|error| {
        tracing::warn!(%error, "storing a read receipt failed; the next report of the person stores it");
        None
    });
    if advanced.is_none() && shown.is_none() {
        return Ok(None);
    }
    if let Err(error) = handler.broadcast.to_readers(sender, &position.room, advanced, shown).await {
        tracing::warn!(%error, "telling others what a person has read failed; their next request finds it");
    }
    Ok(None)
}

/// Returns what the room may see of a position, if it shows who has read: it ends at the newest message. Costs two reads at once.
async fn shown_seq(handler: &FrameHandler, position: &ReadPosition) -> Result<Option<Seq>> {
    let newest = handler.poster.messages.before(&position.room, None, 1);
    let (is_shown, newest) = futures::try_join!(handler.shows_receipts(&position.room), newest)?;
    Ok(newest.last().filter(|_| is_shown).map(|newest| newest.seq.min(position.seq)))
}

/// Stores what the room may see as a receipt, under the name that the person chose: it stays when they leave the room. Returns it if it is
/// news for the room.
async fn show(
    handler: &FrameHandler,
    sender: &Connection,
    position: &ReadPosition,
    shown: Option<Seq>,
) -> Result<Option<Seq>> {
    let Some(seq) = shown else { return Ok(None) };
    let ReadPosition { person, room, at, .. } = position.clone();
    let receipt = StoredReceipt { room, person, name: sender.person_as_chosen().name, seq, at };
    Ok(handler.read_positions.show(&receipt).await?.then_some(seq))
}
