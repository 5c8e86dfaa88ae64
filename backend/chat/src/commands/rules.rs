//! `rules`: changes the rules of the room. For moderators, and in a private room for its hosts, too. The broadcast is the answer.

use shared_types::{RoomRules, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Moderator, rate_bucket: None };

pub(super) async fn run(handler: &FrameHandler, moderator: &Connection, rules: RoomRules) -> Reply {
    if handler.acts_as_host(moderator).await? {
        handler.posting_policy.restriction_store.moderation.set_rules(&moderator.room, rules).await?;
    } else {
        handler.moderation.set_rules(&moderator.person, &moderator.room, rules).await?;
    }
    let notice = ServerMessage::Rules { rules };
    let (told, listed) = futures::join!(
        handler.broadcast.to_room(&moderator.room, &notice),
        handler.room_list.set_archived(&moderator.room, rules.archived)
    );
    told?;
    listed?;
    Ok(None)
}
