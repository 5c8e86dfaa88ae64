//! `search`: replies with the messages of the room that contain all words of the query.

use shared_types::{Action, SearchText, Seq};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Search)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, text: SearchText, before: Option<Seq>) -> Reply {
    Ok(Some(handler.search.search(&sender.room, text, before, &sender.into()).await?))
}
