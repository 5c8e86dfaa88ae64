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
    let (may_enter, is_name_unique) =
        futures::join!(handler.membership.may_enter(&room, &sender.person.id), unique_names.are_wanted_in(&room));
    if !may_enter? {
        return Err(MembershipError::NoSuchRoom.into());
    }
    let is_name_unique = is_name_unique?;
    // Another command moved or removed the connection at the same time.
    let Some(moved) = broadcast.connections.move_to(sender, &room).await? else { return Err(CommandError::OtherRoom) };
    // The membership may have ended during the move.
    let named = match handler.membership.may_enter(&room, &moved.person.id).await {
        Ok(true) => unique_names.name_in_room(moved.clone(), is_name_unique).await,
        Ok(false) => Ok(None),
        Err(error) => Err(error),
    };
    let moved = match named {
        Ok(Some(named)) => named,
        // The membership has ended or the socket was closed.
        Ok(None) => return leave_both(handler, sender, &moved).await,
        // Without an answer the client would repeat the command, which does not check again what is true in the room where it is.
        Err(error) => {
            tracing::warn!(connection = %moved.id, %error, "a move is not certain; its socket is closed");
            return leave_both(handler, sender, &moved).await;
        }
    };
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

/// Closes the socket of a connection that may not stay in the room to which it has moved, and tells the room that it left.
async fn leave_both(handler: &FrameHandler, sender: &Connection, moved: &Connection) -> Reply {
    let broadcast = &handler.broadcast;
    let (closed, left) = futures::join!(
        broadcast.close(slice::from_ref(moved)),
        broadcast.left(&sender.room, slice::from_ref(&sender), broadcast.posting_deadline())
    );
    if let Err(error) = left {
        tracing::warn!(%error, "sending presence failed; the next change of presence corrects it");
    }
    closed?;
    Ok(None)
}
