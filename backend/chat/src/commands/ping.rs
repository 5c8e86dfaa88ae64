//! `ping`: replies with `pong`, so that a client notices a dead socket.

use shared_types::ServerMessage;

use super::{CommandSpec, Reply};
use crate::moderation::posting_policy::Permission;

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Anyone, rate_bucket: None };

pub(super) fn run() -> Reply {
    Ok(Some(ServerMessage::Pong))
}
