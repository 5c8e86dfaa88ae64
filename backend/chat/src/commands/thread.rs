//! `thread`: replies with the message that began a thread, and a page of its replies.

use shared_types::{Action, Seq};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Thread)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, seq: Seq, before: Option<Seq>) -> Reply {
    let threads = handler.updater.threads();
    Ok(Some(threads.page(&handler.renderer, &sender.room, seq, before, &sender.into()).await?))
}
