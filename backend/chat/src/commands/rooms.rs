//! `rooms`: replies with the newest message of each of several rooms, counts what is unread there, and adds their titles if they are
//! asked for. With `watch` the sender's connection is sent news of these rooms from then on.

use std::collections::BTreeSet;

use shared_types::{Action, RoomName, Seq, ServerMessage, limits};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{access::rate_limit::RateBucket, moderation::posting_policy::Permission, ports::connections::Connection};

/// Permission and rate bucket of the command.
pub(super) const SPEC: CommandSpec =
    CommandSpec { permission: Permission::Anyone, rate_bucket: Some(RateBucket::Query(Action::Rooms)) };

/// What the sender wants to know.
pub(super) struct Wanted {
    /// The rooms.
    pub(super) rooms: Vec<RoomName>,
    /// Whether the answer has the titles of the rooms, too.
    pub(super) titles: bool,
    /// Whether the sender watches the first of them from now on.
    pub(super) watch: bool,
    /// The read positions in the first of them.
    pub(super) read: Vec<Seq>,
}

pub(super) async fn run(handler: &FrameHandler, sender: &Connection, wanted: Wanted) -> Reply {
    let Wanted { rooms, titles, watch, read } = wanted;
    if watch {
        // Before the messages are read: each message is in the answer or in the news.
        handler.broadcast.connections.watch(sender, &watched(&sender.room, &rooms)).await?;
    }
    let moderation = &handler.posting_policy.restriction_store.moderation;
    let titles = async { if titles { moderation.titles(&rooms).await } else { Ok(Vec::new()) } };
    let (rooms, titles) = futures::try_join!(handler.room_activity.newest(sender, rooms.clone(), read), titles)?;
    Ok(Some(ServerMessage::Rooms { rooms, titles }))
}

/// Returns the rooms to watch: the first ones, each once, without the one in which the sender is.
fn watched(current: &RoomName, rooms: &[RoomName]) -> Vec<RoomName> {
    let mut known = BTreeSet::from([current]);
    rooms.iter().filter(|room| known.insert(room)).take(limits::WATCHED_ROOMS).cloned().collect()
}
