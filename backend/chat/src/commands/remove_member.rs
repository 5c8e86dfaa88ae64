//! `removeMember`: removes a person from the private room, and closes their sockets there. Only for hosts. Replies with `members`.

use shared_types::PersonId;

use super::{CommandSpec, FrameHandler, Reply, members};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Change) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, person: PersonId) -> Reply {
    handler.membership.remove(&sender.person.id, &sender.room, &person).await?;
    handler.shut_out(&sender.room, &person).await?;
    handler.read_positions.hide(&person, &sender.room).await?;
    if person == sender.person.id {
        // `shut_out` has sent the answer.
        return Ok(None);
    }
    members::run(handler, sender).await
}
