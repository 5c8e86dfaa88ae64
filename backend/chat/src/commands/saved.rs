//! `saved`: replies with the messages that the sender saved.

use shared_types::{Action, SavedPosition};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Saved)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, before: Option<SavedPosition>) -> Reply {
    Ok(Some(handler.saved.list(&sender.person, before, &sender.into()).await?))
}
