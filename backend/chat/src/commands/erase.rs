//! `forget`: erases a batch of the sender's messages. Replies with `forgotten`, which says whether some are left. When none is left, what the
//! sender saved, where they have read, their passkeys, the list of their devices, their role and their profile are erased, too, and the
//! sender leaves all private rooms: their entries there have the sender's id and name.
//!
//! The only owner of the chat is refused before anything is erased: nobody could give them their role back.

use shared_types::{Action, ServerMessage, limits};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::{passkeys, rate_limit::RateBucket},
    moderation::posting_policy::Permission,
    ports::connections::Connection,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::EraseMyData)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection) -> Reply {
    let person = &sender.person.id;
    if sender.person.moderator {
        handler.moderation.unless_last_owner(person).await?;
    }
    let (count, more) = handler.erase_batch(person).await?;
    let more = more || handler.read_positions.remove(person).await? || handler.saved.erase(person).await?;
    // The other devices are signed out first: a device that is signed out adds no passkey.
    let more = more || handler.devices.erase(person, sender.device.as_ref()).await?;
    let more = more || passkeys::erase(handler.passkeys.as_ref(), person).await?;
    if more {
        return Ok(Some(ServerMessage::DataErased { count, more }));
    }
    if sender.person.moderator {
        handler.moderation.resign(&sender.person).await?;
    }
    handler.remove_profile(person).await?;
    // The answer is sent before the sender's socket may be closed.
    let members = &handler.membership.members;
    let left = members.left_rooms(person, limits::PRIVATE_ROOMS).await?;
    for room in &left {
        members.set_left(room, person, None).await?;
        members.remove(room, person).await?;
    }
    if left.len() == limits::PRIVATE_ROOMS {
        for room in &left {
            handler.shut_out(room, person).await?;
        }
        return Ok(Some(ServerMessage::DataErased { count, more: true }));
    }
    let mut rooms = members.rooms_of(person, limits::PRIVATE_ROOMS).await?;
    for room in &rooms {
        members.remove(room, person).await?;
    }
    // Calls at the same time can exceed the limit: there may be more rooms.
    let more = rooms.len() == limits::PRIVATE_ROOMS;
    rooms.extend(left);
    handler.broadcast.reply(sender, &ServerMessage::DataErased { count, more }).await;
    for room in &rooms {
        handler.shut_out(room, person).await?;
    }
    Ok(None)
}
