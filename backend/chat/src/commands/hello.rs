//! `hello`: the first command after a socket opened. Replies with `welcome`, and then with what the client misses.

use shared_types::{Rev, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// For whom the command is, and what it counts against.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Signal) };

pub(super) async fn run(handler: &FrameHandler, speaker: &Connection, since: Option<Rev>) -> Reply {
    let missed = async {
        match since {
            Some(since) => handler.catch_up.changes(&speaker.room, since).await,
            None => handler.catch_up.newest(&speaker.room).await,
        }
    };
    let restriction_store = &handler.posting_policy.restriction_store;
    let (missed, people, rules, restrictions) = futures::join!(
        missed,
        handler.broadcast.arrived(speaker),
        restriction_store.rules(&speaker.room),
        restriction_store.of_session(&speaker.person, speaker.address.as_slice())
    );
    let restrictions = restrictions?;
    if restrictions.banned_until.is_some() {
        // The ban was decided while the socket opened.
        handler.broadcast.close(std::slice::from_ref(speaker)).await?;
        return Ok(None);
    }
    handler.welcome(speaker, people?, rules?).await;
    if !restrictions.is_default() {
        let person = speaker.person.id.clone();
        handler.broadcast.to_one(&speaker.id, &ServerMessage::Restrictions { person, restrictions }).await;
    }
    Ok(Some(missed?))
}
