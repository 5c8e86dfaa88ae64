//! `search`: replies with messages of the room that contain all words.

use shared_types::{Action, SearchText, Seq};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// For whom the command is, and what it counts against.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Search)) };

pub(super) async fn run(handler: &FrameHandler, speaker: &Connection, text: SearchText, before: Option<Seq>) -> Reply {
    Ok(Some(handler.search.search(&speaker.room, text, before).await?))
}
