//! Tells the sockets of one person what they have read, so that no device shows it as unread any more, and the others in a small room that
//! shows who has read.

use std::collections::BTreeSet;

use futures::future::join_all;
use shared_types::{RoomName, Seq, ServerMessage};

use crate::{
    ports::{
        Result,
        connection_gateway::Frame,
        connections::{Connection, SMALL_ROOM},
    },
    presence::broadcast::Broadcast,
};

impl Broadcast {
    /// Tells all sockets of a person that are in a small room or watch it up to where the person has read it (`read`). The reader's own one
    /// is among them, so that its page knows that another device is open. If there is no other one, nothing is sent.
    ///
    /// The other people in a small room are told what it shows (`shown`), unless their pages are hidden: these ask when they are shown.
    ///
    /// It reads the first sockets of the room, listeners before watchers, one more than [`SMALL_ROOM`]: one or two read units. The devices in
    /// a larger room, and watchers beyond this number, find out with their next request.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the sockets could not be read.
    pub async fn to_readers(
        &self,
        reader: &Connection,
        room: &RoomName,
        read: Option<Seq>,
        shown: Option<Seq>,
    ) -> Result<()> {
        let audience = self.connections.audience(room, SMALL_ROOM).await?;
        if audience.more {
            return Ok(());
        }
        let me = &reader.person.id;
        let listeners = audience.listeners.iter().filter(|listener| listener.person.id == *me);
        let watchers = audience.watchers.iter().filter(|watcher| watcher.person == *me);
        // A socket that has just moved may be both.
        let mut own = listeners.map(|one| &one.id).chain(watchers.map(|one| &one.id)).collect::<BTreeSet<_>>();
        own.insert(&reader.id);
        if own.len() == 1 {
            own.clear();
        }
        let others = audience.listeners.iter().filter(|one| !one.hidden && one.person.id != *me);
        let read = read.map(|seq| Frame::from(&ServerMessage::Read { room: room.clone(), seq }));
        let seen = shown.map(|seq| Frame::of_room(room, &ServerMessage::Seen { person: reader.person.clone(), seq }));
        let own = read.iter().flat_map(|read| own.iter().map(move |id| (*id, read)));
        let posts = own.chain(seen.iter().flat_map(|seen| others.clone().map(move |one| (&one.id, seen))));
        let until = self.posting_deadline();
        join_all(posts.map(|(id, frame)| self.deliver(id, frame, until))).await;
        Ok(())
    }
}
