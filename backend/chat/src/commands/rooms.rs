//! `rooms`: replies with the newest message of each of several rooms, counts what is unread there, and adds their titles if they are
//! asked for. Private rooms of which the sender is no member are left out like empty ones. With `watch` the sender's connection is sent news
//! of these rooms from then on, and of all direct messages of the sender. With both, the answer also has private rooms and direct messages that
//! the request does not name.

use std::collections::{BTreeSet, HashSet};

use shared_types::{Action, PersonId, RoomName, Seq, ServerMessage, limits};

use super::{CommandSpec, FrameHandler, Reply};
use crate::{
    access::{direct_messages::inbox_of, rate_limit::RateBucket},
    moderation::posting_policy::Permission,
    ports::{Result as PortResult, connections::Connection},
};

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
    let Wanted { mut rooms, titles, watch, mut read } = wanted;
    let person = &sender.person.id;
    if titles && watch {
        add_private_rooms(handler, person, &mut rooms, &mut read).await?;
    }
    let mut visible = handler.membership.visible(&rooms, person).await?;
    if watch {
        // Before the messages are read: each message is in the answer or in the news.
        watch_visible(handler, sender, &rooms, &visible).await?;
        if visible.iter().any(RoomName::is_private) {
            // A membership may have ended before the watcher was stored.
            let still_visible = handler.membership.visible(&rooms, person).await?;
            if visible != still_visible {
                visible = still_visible;
                watch_visible(handler, sender, &rooms, &visible).await?;
            }
        }
    }
    let (rooms, read) = only_visible(rooms, read, &visible);
    let moderation = handler.posting_policy.restriction_store.moderation.as_ref();
    let titles =
        async { if titles { handler.membership.titles(&rooms, person, moderation).await } else { Ok(Vec::new()) } };
    let (rooms, titles) = futures::try_join!(handler.room_activity.newest(sender, rooms.clone(), read), titles)?;
    Ok(Some(ServerMessage::Rooms { rooms, titles }))
}

/// Adds private rooms that the sender does not know yet, as far as there is space, direct messages first: on a new device, or because somebody
/// wrote to them or added them while no page was open. What is unread there is counted after the stored read positions.
async fn add_private_rooms(
    handler: &FrameHandler,
    person: &PersonId,
    rooms: &mut Vec<RoomName>,
    read: &mut Vec<Seq>,
) -> PortResult<()> {
    let own = handler.membership.members.rooms_of(person, limits::PRIVATE_ROOMS).await?;
    let (direct, others): (Vec<RoomName>, Vec<RoomName>) = own.into_iter().partition(RoomName::is_direct);
    for room in direct.into_iter().chain(others) {
        if rooms.len() < limits::ROOMS && !rooms.contains(&room) {
            rooms.push(room);
            read.resize(rooms.len(), Seq::default());
        }
    }
    Ok(())
}

/// Makes the sender a watcher of those of the rooms that they may see.
async fn watch_visible(
    handler: &FrameHandler,
    sender: &Connection,
    rooms: &[RoomName],
    visible: &HashSet<RoomName>,
) -> PortResult<()> {
    let rooms: Vec<RoomName> = rooms.iter().filter(|room| visible.contains(room)).cloned().collect();
    let mut watched = watched(&sender.room, &rooms);
    // News of direct messages.
    watched.push(inbox_of(&sender.person.id));
    handler.broadcast.connections.watch(sender, &watched).await
}

/// Leaves out the rooms that are not visible, with their read positions, which are those of the first rooms.
fn only_visible(rooms: Vec<RoomName>, read: Vec<Seq>, visible: &HashSet<RoomName>) -> (Vec<RoomName>, Vec<Seq>) {
    let mut read = read.into_iter();
    let mut kept = (Vec::with_capacity(rooms.len()), Vec::new());
    for room in rooms {
        let position = read.next();
        if visible.contains(&room) {
            kept.0.push(room);
            kept.1.extend(position);
        }
    }
    kept
}

/// Returns the rooms to watch: the first ones, each once, without the one in which the sender is.
fn watched(current: &RoomName, rooms: &[RoomName]) -> Vec<RoomName> {
    let mut known = BTreeSet::from([current]);
    rooms.iter().filter(|room| known.insert(room)).take(limits::WATCHED_ROOMS).cloned().collect()
}
