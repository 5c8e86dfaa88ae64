//! `rules`: changes the rules of the room. For moderators, and in a private room for its hosts, too. The broadcast is the answer.

use shared_types::{RoomRules, ServerMessage};

use super::{CommandError, CommandSpec, FrameHandler, Reply};
use crate::{moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec = CommandSpec { permission: Permission::Moderator, rate_bucket: None };

pub(super) async fn run(handler: &FrameHandler, moderator: &Connection, wanted: RoomRules) -> Reply {
    let store = &handler.posting_policy.restriction_store.moderation;
    // A page of an older version does not say how long messages are kept, and may not know other rules.
    let stored = match wanted.keep_days {
        None => store.rules(&moderator.room).await?,
        Some(_) => RoomRules::default(),
    };
    let rules = wanted.replacing(stored).ok_or(CommandError::KeepDays)?;
    if handler.acts_as_host(moderator).await? {
        store.set_rules(&moderator.room, rules).await?;
    } else {
        handler.moderation.set_rules(&moderator.person, &moderator.room, rules).await?;
    }
    // With the 0 that was sent, by which the sender knows the answer.
    let notice = ServerMessage::Rules { rules: RoomRules { keep_days: wanted.keep_days.or(rules.keep_days), ..rules } };
    let (told, listed) = futures::join!(
        handler.broadcast.to_room(&moderator.room, &notice),
        handler.room_list.set_archived(&moderator.room, rules.archived)
    );
    told?;
    listed?;
    Ok(None)
}
