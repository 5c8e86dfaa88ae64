//! The people of a room, and the broadcast of their changes.
//!
//! A presence message always contains the complete list and never a difference. A client that missed one, or was not selected
//! to get it, is up to date after the next one. Changes are not collected before they are sent, because a function that waits
//! cannot serve other requests.

use std::collections::BTreeMap;

use futures::future::join_all;
use shared_types::{Person, PersonId, PersonName, RoomName, ServerMessage, Timestamp, limits};

use crate::{
    ports::{Result, connection_gateway::Frame, connections::Connection, system::Entropy},
    presence::broadcast::Broadcast,
};

/// The people of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomPeople {
    /// Number of people.
    pub online: u32,
    /// The first [`limits::PEOPLE`] people, sorted by name.
    pub people: Vec<Person>,
}

impl RoomPeople {
    /// Returns the people of these connections. A person with several connections counts once, with the name of the
    /// connection that was opened last.
    pub(crate) fn of(listeners: &[Connection]) -> Self {
        let mut by_id: BTreeMap<&PersonId, &Connection> = BTreeMap::new();
        for listener in listeners {
            let newest = by_id.entry(&listener.person.id).or_insert(listener);
            if opening_order(listener) > opening_order(newest) {
                *newest = listener;
            }
        }
        let mut people: Vec<Person> = by_id.into_values().map(|connection| connection.person.clone()).collect();
        // The sort is stable, so people with the same name stay sorted by id.
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
    /// Returns the people of a room.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the connections could not be read.
    pub async fn present(&self, room: &RoomName) -> Result<RoomPeople> {
        Ok(RoomPeople::of(&self.connections.in_room(room).await?))
    }

    /// Tells the others that a person came, unless the person has an earlier connection in the room. Returns the people of
    /// the room.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the connections could not be read.
    pub async fn arrived(&self, newcomer: &Connection) -> Result<RoomPeople> {
        let listeners = self.connections.in_room(&newcomer.room).await?;
        let present = RoomPeople::of(&listeners);
        // If two connections open at the same time, exactly one of them is the first.
        let own = listeners.iter().filter(|listener| listener.person.id == newcomer.person.id);
        if own.min_by_key(|connection| opening_order(connection)).is_none_or(|first| first.id == newcomer.id) {
            self.send_to_others(&listeners, newcomer, &present).await;
        }
        Ok(present)
    }

    /// Tells the others that a person has a new name, if it differs from `before`. Returns the people of the room.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the connections could not be read.
    pub async fn renamed(&self, renamed: &Connection, before: &PersonName) -> Result<RoomPeople> {
        let listeners = self.connections.in_room(&renamed.room).await?;
        let present = RoomPeople::of(&listeners);
        if renamed.person.name != *before {
            self.send_to_others(&listeners, renamed, &present).await;
        }
        Ok(present)
    }

    /// Tells the remaining people that these connections of one room were removed, unless each of their people has another
    /// connection in the room. Attempts start until `until`.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the connections could not be read.
    pub(crate) async fn left(&self, room: &RoomName, removed: &[&Connection], until: Timestamp) -> Result<()> {
        let listeners = self.connections.in_room(room).await?;
        let is_still_in = |left: &&Connection| listeners.iter().any(|listener| listener.person.id == left.person.id);
        if !removed.iter().all(is_still_in) {
            let present = RoomPeople::of(&listeners);
            self.send_to_some(listeners.iter().collect(), present, until).await;
        }
        Ok(())
    }

    async fn send_to_others(&self, listeners: &[Connection], except: &Connection, present: &RoomPeople) {
        let others = listeners.iter().filter(|listener| listener.id != except.id).collect();
        self.send_to_some(others, present.clone(), self.posting_deadline()).await;
    }

    /// Sends the presence to these connections, or to [`limits::PRESENCE_TOLD`] random ones of them. It does not remove
    /// connections that are gone, because each removal would cause another presence message. The next message or their own
    /// `$disconnect` removes them.
    async fn send_to_some(&self, listeners: Vec<&Connection>, present: RoomPeople, until: Timestamp) {
        let frame = Frame::from(&ServerMessage::from(present));
        let selected = random_sample(listeners, limits::PRESENCE_TOLD, self.entropy.as_ref());
        join_all(selected.iter().map(|listener| self.deliver(&listener.id, &frame, until))).await;
    }
}

/// Returns the sort key for the order in which connections were opened. The id decides between connections of the same time.
fn opening_order(connection: &Connection) -> (Timestamp, &str) {
    (connection.opened_at, &connection.id.0)
}

/// Returns `count` random items, each with the same probability, or all items if there are no more than `count`.
fn random_sample<T>(mut items: Vec<T>, count: usize, entropy: &dyn Entropy) -> Vec<T> {
    if items.len() > count {
        for index in 0..count {
            let mut bytes = [0; 8];
            entropy.fill(&mut bytes);
            // The modulo bias is negligible: 2^64 values for some thousand items.
            let rest = (items.len() - index) as u64;
            items.swap(index, index + (u64::from_le_bytes(bytes) % rest) as usize);
        }
        items.truncate(count);
    }
    items
}
