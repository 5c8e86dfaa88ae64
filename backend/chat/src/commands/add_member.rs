//! `addMember`: adds a person to the private room. Every member may. Replies with `members`.

use shared_types::{PersonId, PersonName};

use super::{CommandSpec, FrameHandler, Reply, members};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::NotMuted, rate_bucket: Some(RateBucket::Change) };

pub(super) async fn run(
    handler: &FrameHandler,
    sender: &Connection,
    person: PersonId,
    name: Option<PersonName>,
) -> Reply {
    handler.membership.add(&sender.person.id, &sender.room, person, name, handler.broadcast.clock.now()).await?;
    members::run(handler, sender).await
}
