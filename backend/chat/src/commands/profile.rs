//! `profile`: replies with the profile of a person, or with those of the people in the room who have a status.

use shared_types::{Action, PersonId};

use super::{CommandSpec, FrameHandler, Reply, error::CommandError};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Profile)) };

pub(super) async fn run(_handler: &FrameHandler, _sender: &Connection, _person: Option<PersonId>) -> Reply {
    Err(CommandError::NotAllowed)
}
