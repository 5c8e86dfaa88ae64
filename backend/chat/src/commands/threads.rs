//! `threads`: replies with threads of the room that the sender names, each with the beginning of its first message and its summary.
//!
//! The page knows in which threads its person takes part. The command costs one read for each thread, and one for the read positions of the
//! person in the threads of the room.

use futures::{StreamExt, TryStreamExt, stream};
use shared_types::{Action, ChatMessage, ListedThread, Seq, ServerMessage};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::rate_limit::RateBucket, content::html_cache::HtmlCache, messages::excerpt::excerpt,
    moderation::posting_policy::Permission, ports::connections::Connection,
};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Threads)) };

/// Number of messages that are read at the same time.
const AT_ONCE: usize = 20;

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, roots: Vec<Seq>) -> Reply {
    let turn = handler.renderer.turn(&sender.into()).await;
    let messages = handler.poster.messages.as_ref();
    let reads: Vec<_> = roots.into_iter().map(|root| messages.at(&sender.room, root)).collect();
    let found = stream::iter(reads).buffered(AT_ONCE).try_collect::<Vec<_>>();
    let positions = handler.read_positions.thread_positions(&sender.person.id, &sender.room);
    let (found, positions) = futures::try_join!(found, positions)?;
    let found: Vec<ChatMessage> = found.into_iter().flatten().map(|found| found.message).collect();
    let room = sender.room.clone();
    let render = move |html: &HtmlCache| {
        let listed = found.into_iter().filter_map(|root| listed(html, &room, root));
        let read = |root| positions.iter().find(|position| position.root == root).map(|position| position.seq);
        listed.map(|thread| ListedThread { read: read(thread.seq), ..thread }).collect()
    };
    Ok(Some(ServerMessage::Threads { threads: turn.run("render a list of threads", render).await? }))
}

/// Returns the entry of the thread that a message began. `None` if it began none.
fn listed(html: &HtmlCache, room: &shared_types::RoomName, root: ChatMessage) -> Option<ListedThread> {
    let replies = root.replies.clone()?;
    let (seq, is_deleted) = (root.seq, root.deleted);
    let message = (!is_deleted).then(|| excerpt(html, room, root));
    Some(ListedThread { seq, message, replies, read: None })
}
