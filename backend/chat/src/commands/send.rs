//! `send`: stores a message and broadcasts it to the room. The broadcast is the answer.

use super::{CommandSpec, FrameHandler, Reply, error::CommandError};
use crate::{
    access::rate_limit::RateBucket,
    messages::post::{Draft, MessagePoster, Posted},
    moderation::posting_policy::{PendingRules, Permission},
    ports::connections::Connection,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::PostMessage, rate_bucket: Some(RateBucket::Message) };

pub(super) async fn run(
    handler: &FrameHandler,
    sender: &Connection,
    draft: Draft,
    pending: Option<PendingRules>,
) -> Reply {
    let posted = store(&handler.poster, draft, pending).await?;
    // The connections are read after the message is stored: a client that connects later reads the message from the log.
    // A retry broadcasts again, because the first attempt may have ended before its broadcast.
    // The directory of rooms is written at the same time, so that nobody waits for it.
    let (told, ()) =
        futures::join!(handler.tell_room_and_watchers(sender, posted), handler.room_list.note_message(sender));
    told?;
    Ok(None)
}

/// Stores a message. Rules of the room that were not read are checked when the message takes its revision.
pub(super) async fn store(
    poster: &MessagePoster,
    draft: Draft,
    pending: Option<PendingRules>,
) -> Result<Posted, CommandError> {
    if let Some(PendingRules { policy, speaker }) = pending {
        if let Some(stored) = poster.post_without_rules(draft.clone()).await? {
            return Ok(stored);
        }
        policy.check_rules(&speaker, &draft.nonce).await?;
    }
    Ok(poster.post(draft).await?)
}
