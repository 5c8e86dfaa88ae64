//! `hello`: the first command after a socket opened. Replies with `welcome`, and then with the messages that the client lacks.

use shared_types::{Rev, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket, cpu::CpuClient, moderation::posting_policy::Permission,
    ports::connections::Connection, presence::people::RoomPeople,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Signal) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, since: Option<Rev>) -> Reply {
    greet(handler, sender, since).await
}

/// Tells the room that a person came, sends `welcome`, and returns the messages that the client lacks. `hello` and `enter` share this.
pub(super) async fn greet(handler: &FrameHandler, sender: &Connection, since: Option<Rev>) -> Reply {
    let client = CpuClient::from(sender);
    let missed = async {
        match since {
            Some(since) => handler.catch_up.changes(&sender.room, since, &client).await,
            None => handler.catch_up.newest(&sender.room, &client).await,
        }
    };
    let restriction_store = &handler.posting_policy.restriction_store;
    let (missed, people, settings, restrictions, read) = futures::join!(
        missed,
        handler.broadcast.arrived(sender),
        handler.settings_for(sender),
        restriction_store.of_session(&sender.person, sender.address.as_slice()),
        handler.read_positions.position(&sender.person.id, &sender.room)
    );
    let restrictions = restrictions?;
    if restrictions.banned_until.is_some() {
        // The person was banned while the socket opened.
        handler.broadcast.close(std::slice::from_ref(sender)).await?;
        return Ok(None);
    }
    // Without the count the conversation goes on. A `hello` that failed would be repeated, while the store has too much to do already.
    let people = people.unwrap_or_else(|error| {
        tracing::warn!(%error, "reading the people of a room failed; the next change of presence corrects it");
        RoomPeople::default()
    });
    let read = read.unwrap_or_else(|error| {
        tracing::warn!(%error, "reading a read position failed; the page goes on with its own");
        None
    });
    handler.welcome(sender, people, settings?, read).await;
    if !restrictions.is_default() {
        let person = sender.person.id.clone();
        handler.broadcast.to_one(&sender.id, &ServerMessage::Restrictions { person, restrictions }).await;
    }
    Ok(Some(missed?))
}
