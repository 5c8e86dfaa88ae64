//! The people of a room, and the broadcast of their changes.
//!
//! A presence message always contains the complete list and never a difference. A client that missed one, or was not selected
//! to get it, is up to date after the next one. Changes are not collected before they are sent, because a function that waits
//! cannot serve other requests.
//!
//! In a room of more than `SMALL_ROOM` connections the list may be `RECENT` old (`ports/connections.rs`), so that many reconnects do
//! not read all connections again and again. Only `people` always reads them.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::{join, join_all, try_join_all};
use shared_types::{Person, PersonId, PersonName, Profile, RoomName, ServerMessage, Timestamp, limits};

use crate::{
    ports::{Result, connection_gateway::Frame, connections::Connection, system::Entropy},
    presence::broadcast::Broadcast,
};

/// The people of a room. By default they are unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomPeople {
    /// Number of people; 0 if it is unknown.
    pub online: u32,
    /// The first [`limits::PEOPLE`] people, sorted by name.
    pub people: Vec<Person>,
    /// Those of them whose pages are all hidden.
    pub away: Vec<PersonId>,
}

/// Who is told that a profile has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// The person on all their connections, and [`limits::PRESENCE_TOLD`] others in each room. The rest see it in the next presence.
    Some,
    /// Everybody in the rooms: a profile that was removed must not stay on the pages.
    Everybody,
}

impl RoomPeople {
    /// Returns the people of these connections. A person with several connections counts once, with the name of the
    /// connection that was opened last.
    pub(crate) fn of<'a>(listeners: impl IntoIterator<Item = &'a Connection>) -> Self {
        Self::of_with(listeners, None)
    }

    /// Does the same. The list has this person also if there are more than [`limits::PEOPLE`].
    fn of_with<'a>(listeners: impl IntoIterator<Item = &'a Connection>, with: Option<&PersonId>) -> Self {
        let listeners: Vec<&Connection> = listeners.into_iter().collect();
        let is_visible = |listener: &&&Connection| !listener.hidden;
        let visible: BTreeSet<&PersonId> = listeners.iter().filter(is_visible).map(|one| &one.person.id).collect();
        let by_id = newest_of_each(listeners);
        let mut people: Vec<Person> = by_id.into_values().map(|connection| connection.person.clone()).collect();
        // The sort is stable, so people with the same name stay sorted by id.
        people.sort_by(|one, other| one.name.as_str().cmp(other.name.as_str()));
        let online = u32::try_from(people.len()).unwrap_or(u32::MAX);
        // The list stays sorted: the person comes after the one that they replace.
        if let Some(place) =
            people.iter().position(|person| Some(&person.id) == with).filter(|at| *at >= limits::PEOPLE)
        {
            people.swap(place, limits::PEOPLE - 1);
        }
        people.truncate(limits::PEOPLE);
        let away = people.iter().map(|person| &person.id).filter(|id| !visible.contains(id)).cloned().collect();
        Self { online, people, away }
    }
}

/// Returns the profiles of the people of these connections who have a status, at most [`limits::PEOPLE`].
pub(crate) fn statuses<'a>(listeners: impl IntoIterator<Item = &'a Connection>) -> Vec<Profile> {
    let with_status = newest_of_each(listeners).into_values().filter(|connection| connection.status.is_some());
    let profile = |connection: &Connection| Profile {
        person: connection.person.id.clone(),
        status: connection.status.clone(),
        appearance: connection.person.appearance,
    };
    with_status.take(limits::PEOPLE).map(profile).collect()
}

/// Returns the connection of each person that was opened last.
fn newest_of_each<'a>(listeners: impl IntoIterator<Item = &'a Connection>) -> BTreeMap<&'a PersonId, &'a Connection> {
    let mut by_id: BTreeMap<&PersonId, &Connection> = BTreeMap::new();
    for listener in listeners {
        let newest = by_id.entry(&listener.person.id).or_insert(listener);
        if opening_order(listener) > opening_order(newest) {
            *newest = listener;
        }
    }
    by_id
}

impl From<RoomPeople> for ServerMessage {
    fn from(RoomPeople { online, people, away }: RoomPeople) -> Self {
        Self::Presence { online, people, away }
    }
}

impl Broadcast {
    /// Returns the people of a room.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the connections could not be read.
    pub async fn present(&self, room: &RoomName) -> Result<RoomPeople> {
        Ok(RoomPeople::of(self.connections.in_room(room).await?.iter()))
    }

    /// Returns the people of a room, which may be some seconds old if the room is large.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the connections could not be read.
    pub async fn recently_present(&self, room: &RoomName) -> Result<RoomPeople> {
        Ok(RoomPeople::of(self.connections.recently_in_room(room, None).await?.iter()))
    }

    /// Tells the others that a person came, unless the person has an earlier connection in the room. Returns the people of
    /// the room.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the connections could not be read.
    pub async fn arrived(&self, newcomer: &Connection) -> Result<RoomPeople> {
        let listeners = self.connections.recently_in_room(&newcomer.room, Some(newcomer)).await?;
        let present = RoomPeople::of(listeners.iter());
        // If two connections open at the same time, exactly one of them is the first.
        let is_earlier = |other: &&Connection| opening_order(other) < opening_order(newcomer);
        if !self.is_in(newcomer, listeners.iter().filter(is_earlier)).await? {
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
        let listeners = self.connections.recently_in_room(&renamed.room, Some(renamed)).await?;
        let present = RoomPeople::of(listeners.iter());
        if renamed.person.name != *before {
            self.send_to_others(&listeners, renamed, &present).await;
        }
        Ok(present)
    }

    /// Tells the rooms of these connections of one person that their profile has changed, also the person.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the connections could not be read, or the workers of a large room could not be reached.
    pub(crate) async fn profile_changed(&self, changed: &[Connection], told: Told) -> Result<()> {
        let mut by_room: BTreeMap<&RoomName, Vec<&Connection>> = BTreeMap::new();
        for one in changed {
            by_room.entry(&one.room).or_default().push(one);
        }
        let until = self.posting_deadline();
        let rooms = by_room.into_iter().map(|(room, own)| async move {
            let Some(newest) = own.first().copied() else { return Ok(()) };
            let listeners = self.connections.recently_in_room(room, Some(newest)).await?;
            let mut present = RoomPeople::of_with(listeners.iter(), Some(&newest.person.id));
            // In a large room the list may be old, also of another connection of the person.
            for person in present.people.iter_mut().filter(|person| person.id == newest.person.id) {
                person.appearance = newest.person.appearance;
            }
            if told == Told::Everybody {
                return self.to_room(room, &present.into()).await;
            }
            let is_own = |listener: &&Connection| own.iter().any(|own| own.id == listener.id);
            let others = listeners.iter().filter(|listener| !is_own(listener)).collect();
            let frame = Frame::of_room(room, &ServerMessage::from(present.clone()));
            let to_own = join_all(own.iter().map(|own| self.deliver(&own.id, &frame, until)));
            join(to_own, self.send_to_some(room, others, present, until)).await;
            Ok(())
        });
        try_join_all(rooms).await.map(drop)
    }

    /// Tells the remaining people that these connections of one room were removed, unless each of their people has another
    /// connection in the room. Attempts start until `until`.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the connections could not be read.
    pub(crate) async fn left(&self, room: &RoomName, removed: &[&Connection], until: Timestamp) -> Result<()> {
        let listeners = self.connections.recently_in_room(room, None).await?;
        let is_removed = |listener: &Connection| removed.iter().any(|removed| removed.id == listener.id);
        let remaining: Vec<&Connection> = listeners.iter().filter(|listener| !is_removed(listener)).collect();
        let mut gone: BTreeSet<&PersonId> = BTreeSet::new();
        for left in removed {
            if !self.is_in(left, remaining.iter().copied()).await? {
                gone.insert(&left.person.id);
            }
        }
        if !gone.is_empty() {
            // An old list may still have connections of a person who is gone.
            let remaining: Vec<_> =
                remaining.into_iter().filter(|listener| !gone.contains(&listener.person.id)).collect();
            let present = RoomPeople::of(remaining.iter().copied());
            self.send_to_some(room, remaining, present, until).await;
        }
        Ok(())
    }

    /// Returns whether the person of `connection` has one of these connections. What was read of a large room may be old, so each of
    /// them is checked: two windows that close or move together are not taken for one that stays.
    async fn is_in<'a>(&self, connection: &Connection, others: impl Iterator<Item = &'a Connection>) -> Result<bool> {
        for other in others.filter(|other| other.person.id == connection.person.id) {
            if self.connections.find(&other.id).await?.is_some_and(|found| found.room == other.room) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn send_to_others(&self, listeners: &[Connection], except: &Connection, present: &RoomPeople) {
        let others = listeners.iter().filter(|listener| listener.id != except.id).collect();
        self.send_to_some(&except.room, others, present.clone(), self.posting_deadline()).await;
    }

    /// Sends the presence to these connections, or to [`limits::PRESENCE_TOLD`] random ones of them, but not to hidden pages. It does
    /// not remove connections that are gone, because each removal would cause another presence message. The next message or
    /// their own `$disconnect` removes them.
    async fn send_to_some(&self, room: &RoomName, listeners: Vec<&Connection>, present: RoomPeople, until: Timestamp) {
        let frame = Frame::of_room(room, &ServerMessage::from(present));
        let listeners = listeners.into_iter().filter(|listener| !listener.hidden).collect();
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
