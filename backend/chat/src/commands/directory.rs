//! `directory`: replies with open rooms of the chat in which something was written, also those that the sender has never visited.

use shared_types::Action;

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket, messages::room_directory::DirectoryQuery, moderation::posting_policy::Permission,
    ports::connections::Connection,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Directory)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, query: DirectoryQuery) -> Reply {
    Ok(Some(handler.room_list.list(sender, query).await?))
}
