//! `receipts`: replies with up to where people have read the room, if it shows that: those who have read furthest come first. In a private
//! room only its members are named.

use std::cmp::Reverse;

use shared_types::{Action, PersonId, ReadReceipt, ServerMessage, limits};

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
    let stored = handler.read_positions.receipts(room, limits::STORED_RECEIPTS + 1);
    let members = async {
        // Somebody who is no member any more may have a receipt: of a report at the moment when they left.
        match room.is_private() {
            true => handler.membership.members.members(room, limits::ROOM_MEMBERS).await.map(Some),
            false => Ok(None),
        }
    };
    let (mut stored, members) = futures::try_join!(stored, members)?;
    if stored.len() > limits::STORED_RECEIPTS {
        // They are any of them, so nobody is named.
        return Ok(Some(ServerMessage::Receipts { people: Vec::new(), more: true }));
    }
    let oldest = handler.broadcast.clock.now() - limits::READ_POSITION_LIFE;
    let is_member = |person: &PersonId| {
        members.as_ref().is_none_or(|members| members.iter().any(|member| member.person == *person))
    };
    stored.retain(|receipt| receipt.at > oldest && is_member(&receipt.person));
    stored.sort_by_key(|receipt| Reverse((receipt.seq, receipt.at)));
    let more = stored.len() > limits::RECEIPTS;
    stored.truncate(limits::RECEIPTS);
    let people = stored.into_iter().map(|StoredReceipt { person, name, seq, .. }| ReadReceipt { person, name, seq });
    Ok(Some(ServerMessage::Receipts { people: people.collect(), more }))
}
