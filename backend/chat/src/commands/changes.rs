//! `changes`: replies with the changes in the room after a revision. It also reports whether the sender's page is hidden.

use shared_types::{Action, Rev, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket,
    moderation::posting_policy::Permission,
    ports::{Result, connections::Connection},
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Changes)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, after: Rev, hidden: Option<bool>) -> Reply {
    let client = sender.into();
    let (changes, presence) =
        futures::join!(handler.catch_up.changes(&sender.room, after, &client), set_hidden(handler, sender, hidden));
    let changes = changes?;
    let presence = presence.unwrap_or_else(|error| {
        tracing::warn!(%error, "storing whether a page is hidden failed; a visible page reports it again");
        None
    });
    let Some(presence) = presence else { return Ok(Some(changes)) };
    handler.broadcast.reply(sender, &changes).await;
    Ok(Some(presence))
}

/// Stores whether the sender's page is hidden, if it reports that. Returns the presence for a page that is visible again, because it
/// missed the changes.
async fn set_hidden(
    handler: &FrameHandler,
    sender: &Connection,
    hidden: Option<bool>,
) -> Result<Option<ServerMessage>> {
    let Some(hidden) = hidden else { return Ok(None) };
    handler.broadcast.connections.set_hidden(sender, hidden).await?;
    if hidden {
        return Ok(None);
    }
    // The presence is read after that, so that no change is missed.
    Ok(Some(handler.broadcast.recently_present(&sender.room).await?.into()))
}
