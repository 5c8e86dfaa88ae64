//! `enter`: moves the socket to another room, without a new handshake. Replies like `hello`: with `welcome`, and then with the messages of
//! that room that the client lacks. The people of both rooms see who left and who came.
//!
//! Frames of the room that was left may still arrive: of commands that run at the same time, and of requests that read the listeners
//! before. So each frame names its room, and a command that names another room is refused.

use std::slice;

use shared_types::{Rev, RoomName};

use super::{CommandSpec, FrameHandler, Reply, error::CommandError, hello};
use crate::{
    access::{rate_limit::RateBucket, room_membership::MembershipError},
    moderation::posting_policy::Permission,
    ports::connections::Connection,
};

/// Permission and rate bucket of the command. It tells two rooms about the sender, so it counts like `hello`.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Signal) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, room: RoomName, since: Option<Rev>) -> Reply {
    if room == sender.room {
        return hello::greet(handler, sender, since).await;
    }
    let (broadcast, unique_names) = (&handler.broadcast, handler.unique_names());
    if !handler.membership.may_enter(&room, &sender.person.id).await? {
        return Err(MembershipError::NoSuchRoom.into());
    }
    // A move that has begun ends in any case.
    let (moved, is_name_unique) =
        futures::join!(broadcast.connections.move_to(sender, &room), unique_names.are_wanted());
    // Another command moved or removed the connection at the same time.
    let Some(moved) = moved? else { return Err(CommandError::OtherRoom) };
    // The membership may have ended during the move.
    if !handler.membership.may_enter(&room, &moved.person.id).await? {
        broadcast.close(slice::from_ref(&moved)).await?;
        return Ok(None);
    }
    let claimed = if is_name_unique? { unique_names.claim(moved).await? } else { Some(moved) };
    // The socket closed meanwhile.
    let Some(moved) = claimed else { return Ok(None) };
    tracing::info!(connection = %moved.id, from = %sender.room, to = %moved.room, "entered the room");
    // The messages are read after the move: a message that is stored later is sent to the connection.
    let (left, greeted) = futures::join!(
        broadcast.left(&sender.room, slice::from_ref(&sender), broadcast.posting_deadline()),
        hello::greet(handler, &moved, since)
    );
    if let Err(error) = left {
        tracing::warn!(%error, "sending presence failed; the next change of presence corrects it");
    }
    if let Some(reply) = greeted? {
        broadcast.reply(&moved, &reply).await;
    }
    Ok(None)
}
