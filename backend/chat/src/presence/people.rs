//! Who is in a room, and who is told when that changes.
//!
//! What is told is always the whole truth and never a difference, so whoever missed it, or was not drawn to hear it, is right
//! again with the next. Nothing waits for more changes to come: a function that waits is a function that nobody else can use.

use std::collections::BTreeMap;

use futures::future::join_all;
use shared_types::{Person, PersonId, PersonName, RoomName, ServerMessage, Timestamp, limits};

use crate::{
    ports::{Result, connections::Connection, system::Entropy},
    presence::broadcast::Broadcast,
};

/// The people of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomPeople {
    /// How many there are.
    pub online: u32,
    /// Who they are, by name; the first [`limits::PEOPLE`] of them.
    pub people: Vec<Person>,
}

impl RoomPeople {
    /// The people who listen there. Somebody with two windows open is one, by the name of the window opened last.
    pub(crate) fn of(listeners: &[Connection]) -> Self {
        let mut by_id: BTreeMap<&PersonId, &Connection> = BTreeMap::new();
        for listener in listeners {
            let named_by = by_id.entry(&listener.person.id).or_insert(listener);
            if opened(listener) > opened(named_by) {
                *named_by = listener;
            }
        }
        let mut people: Vec<Person> = by_id.into_values().map(|connection| connection.person.clone()).collect();
        // Those of one name stay in the order of their ids.
        people.sort_by(|one, other| one.name.as_str().cmp(other.name.as_str()));
        let online = u32::try_from(people.len()).unwrap_or(u32::MAX);
        people.truncate(limits::PEOPLE);
        Self { online, people }
    }
}

impl From<RoomPeople> for ServerMessage {
    fn from(RoomPeople { online, people }: RoomPeople) -> Self {
        Self::Presence { online, people }
    }
}

impl Broadcast {
    /// Who is in a room.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the listeners could not be read.
    pub async fn present(&self, room: &RoomName) -> Result<RoomPeople> {
        Ok(RoomPeople::of(&self.connections.in_room(room).await?))
    }

    /// Tells the others that somebody came in, unless they are in through an earlier window; answers with who is in.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the listeners could not be read.
    pub async fn arrived(&self, newcomer: &Connection) -> Result<RoomPeople> {
        let listeners = self.connections.in_room(&newcomer.room).await?;
        let present = RoomPeople::of(&listeners);
        // Of two windows that open at the same time, just one is the first.
        let windows = listeners.iter().filter(|listener| listener.person.id == newcomer.person.id);
        if windows.min_by_key(|window| opened(window)).is_none_or(|first| first.id == newcomer.id) {
            self.tell_others(listeners, newcomer, &present).await;
        }
        Ok(present)
    }

    /// Tells the others that somebody is called differently from now on, if they are; answers with who is in.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the listeners could not be read.
    pub async fn renamed(&self, renamed: &Connection, before: &PersonName) -> Result<RoomPeople> {
        let listeners = self.connections.in_room(&renamed.room).await?;
        let present = RoomPeople::of(&listeners);
        if renamed.person.name != *before {
            self.tell_others(listeners, renamed, &present).await;
        }
        Ok(present)
    }

    /// Tells those who stay that these connections of one room were forgotten, unless everybody is still in through another
    /// window. Nobody is tried for longer than `until`.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the listeners could not be read.
    pub(crate) async fn left(&self, room: &RoomName, gone: &[&Connection], until: Timestamp) -> Result<()> {
        let listeners = self.connections.in_room(room).await?;
        let is_in = |left: &&Connection| listeners.iter().any(|listener| listener.person.id == left.person.id);
        if !gone.iter().all(is_in) {
            let present = RoomPeople::of(&listeners);
            self.tell_some(listeners, present, until).await;
        }
        Ok(())
    }

    async fn tell_others(&self, mut listeners: Vec<Connection>, but: &Connection, present: &RoomPeople) {
        listeners.retain(|listener| listener.id != but.id);
        self.tell_some(listeners, present.clone(), self.patience_ends()).await;
    }

    /// Tells these listeners, or as many of them as is affordable. It forgets nobody, or telling that somebody left would
    /// lead to telling it again: who is gone is found by the next message, or by their own `$disconnect`.
    async fn tell_some(&self, listeners: Vec<Connection>, present: RoomPeople, until: Timestamp) {
        let frame = ServerMessage::from(present).to_frame();
        let told = drawn(listeners, limits::PRESENCE_TOLD, self.entropy.as_ref());
        join_all(told.iter().map(|listener| self.deliver(&listener.id, &frame, until))).await;
    }
}

/// What puts the windows of a person in order; the id decides between two of one moment.
fn opened(connection: &Connection) -> (Timestamp, &str) {
    (connection.opened_at, &connection.id.0)
}

/// `count` of these, each as likely as any other; all where there are no more.
fn drawn<T>(mut from: Vec<T>, count: usize, entropy: &dyn Entropy) -> Vec<T> {
    if from.len() > count {
        for place in 0..count {
            let mut bytes = [0; 8];
            entropy.fill(&mut bytes);
            // 2^64 possibilities for some thousand places: the first ones are not more likely by anything that shows.
            let rest = (from.len() - place) as u64;
            from.swap(place, place + (u64::from_le_bytes(bytes) % rest) as usize);
        }
        from.truncate(count);
    }
    from
}
