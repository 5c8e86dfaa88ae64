//! `pins`: replies with the pinned messages of the room.

use shared_types::{Action, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket,
    content::html_cache::HtmlCache,
    messages::{excerpt::excerpt, pins::PinnedMessages},
    moderation::posting_policy::Permission,
    ports::connections::Connection,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Pins)) };

pub(super) async fn run(handler: &FrameHandler, sender: &Connection) -> Reply {
    let turn = handler.renderer.turn(&sender.into()).await;
    let pinned = PinnedMessages { messages: handler.poster.messages.as_ref() }.list(&sender.room).await?;
    let room = sender.room.clone();
    let render = move |html: &HtmlCache| pinned.into_iter().map(|message| excerpt(html, &room, message)).collect();
    Ok(Some(ServerMessage::Pins { messages: turn.run("render pinned messages", render).await? }))
}
