//! `receipts`: replies with up to where people have read the room, if it shows that.

use shared_types::{Action, ReadReceipt, ServerMessage, limits};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket,
    moderation::posting_policy::Permission,
    ports::{connections::Connection, read_positions::StoredReceipt},
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Receipts)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection) -> Reply {
    let room = &sender.room;
    if !handler.shows_receipts(room).await? {
        // What was stored while the room showed it is kept until it ends, but nobody sees it.
        return Ok(Some(ServerMessage::Receipts { people: Vec::new(), more: false }));
    }
    let mut stored = handler.read_positions.receipts(room, limits::RECEIPTS + 1).await?;
    let more = stored.len() > limits::RECEIPTS;
    stored.truncate(limits::RECEIPTS);
    let oldest = handler.broadcast.clock.now() - limits::READ_POSITION_LIFE;
    let current = stored.into_iter().filter(|receipt| receipt.at > oldest);
    let people = current.map(|StoredReceipt { person, name, seq, .. }| ReadReceipt { person, name, seq }).collect();
    Ok(Some(ServerMessage::Receipts { people, more }))
}
