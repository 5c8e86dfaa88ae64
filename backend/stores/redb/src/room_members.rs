//! Members of private rooms in the database.

use async_trait::async_trait;
use chat::ports::{
    Result,
    room_members::{DirectMember, RoomMembers},
};
use redb::{ReadableTable, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};
use shared_types::{PersonId, PersonName, RoomMember, RoomName, Seq, limits};

use crate::{
    messages::{decode, encode, open},
    store::Store,
};

/// A [`StoredMember`] as JSON, by room and person.
pub(crate) const MEMBERS: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("room_members");
/// The same memberships by person and room. [`LEFT`] is before the room if the person has left it.
pub(crate) const ROOMS_OF: TableDefinition<'_, (&str, &str), ()> = TableDefinition::new("rooms_of_members");

/// It makes the key of a room that a person has left. It is above all names of rooms, so these rooms are behind the others.
const LEFT: &str = "~";

/// A text that is above all names of rooms and ids of people, which have ASCII characters only.
const END: &str = "\u{7f}";

/// A member as it is stored. Of one who has not left, it is the JSON of the [`RoomMember`].
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredMember {
    #[serde(flatten)]
    pub(crate) member: RoomMember,
    /// Whether the member has left the direct message.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) left: bool,
    /// The newest message then. `None` if an earlier version stored it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) left_after: Option<Seq>,
}

impl StoredMember {
    /// Returns the newest message when the member left, if they did.
    pub(crate) fn left(&self) -> Option<Seq> {
        self.left.then(|| self.left_after.unwrap_or_default())
    }
}

/// [`RoomMembers`] in a [`Store`].
pub struct RedbRoomMembers {
    store: Store,
}

impl RedbRoomMembers {
    /// Returns the members in a store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

#[async_trait]
impl RoomMembers for RedbRoomMembers {
    async fn add(&self, room: &RoomName, member: &RoomMember) -> Result<()> {
        let (room, member) = (room.clone(), member.clone());
        self.store.write("adding a member of a room", move |transaction| put(transaction, &room, &member, None)).await
    }

    async fn add_together(&self, room: &RoomName, members: &[RoomMember]) -> Result<()> {
        let (room, members) = (room.clone(), members.to_vec());
        self.store
            .write("adding members of a room", move |transaction| {
                members.iter().try_for_each(|member| put(transaction, &room, member, None))
            })
            .await
    }

    async fn set_name(&self, room: &RoomName, person: &PersonId, name: &PersonName) -> Result<()> {
        let (room, person, name) = (room.clone(), person.clone(), name.clone());
        self.store
            .write("renaming a member of a room", move |transaction| {
                let key = (room.as_str(), person.as_str());
                let mut members = transaction.open_table(MEMBERS)?;
                let stored = members.get(key)?.map(|stored| decode::<StoredMember>(stored.value())).transpose()?;
                if let Some(mut renamed) = stored {
                    renamed.member.name = Some(name.clone());
                    members.insert(key, encode(&renamed)?.as_slice())?;
                }
                Ok(())
            })
            .await
    }

    async fn remove(&self, room: &RoomName, person: &PersonId) -> Result<()> {
        let (room, person) = (room.clone(), person.clone());
        self.store
            .write("removing a member of a room", move |transaction| {
                transaction.open_table(MEMBERS)?.remove((room.as_str(), person.as_str()))?;
                transaction.open_table(ROOMS_OF)?.remove((person.as_str(), room.as_str()))?;
                Ok(())
            })
            .await
    }

    async fn is_member(&self, room: &RoomName, person: &PersonId) -> Result<bool> {
        let (room, person) = (room.clone(), person.clone());
        self.store
            .read("looking for a member of a room", move |transaction| {
                let Some(members) = open(transaction, MEMBERS)? else { return Ok(false) };
                Ok(members.get((room.as_str(), person.as_str()))?.is_some())
            })
            .await
    }

    async fn members(&self, room: &RoomName, limit: usize) -> Result<Vec<RoomMember>> {
        let room = room.clone();
        self.store
            .read("reading the members of a room", move |transaction| {
                let Some(members) = open(transaction, MEMBERS)? else { return Ok(Vec::new()) };
                let of_room = members.range((room.as_str(), "")..(room.as_str(), END))?.take(limit);
                of_room.map(|member| decode(member?.1.value())).collect()
            })
            .await
    }

    async fn direct_members(&self, room: &RoomName) -> Result<Vec<DirectMember>> {
        let room = room.clone();
        self.store
            .read("reading the members of a direct message", move |transaction| {
                let Some(members) = open(transaction, MEMBERS)? else { return Ok(Vec::new()) };
                let of_room = members.range((room.as_str(), "")..(room.as_str(), END))?.take(limits::DIRECT_PEOPLE);
                of_room
                    .map(|stored| {
                        let stored: StoredMember = decode(stored?.1.value())?;
                        Ok(DirectMember { left: stored.left(), member: stored.member })
                    })
                    .collect()
            })
            .await
    }

    async fn set_left(&self, room: &RoomName, person: &PersonId, left: Option<Seq>) -> Result<()> {
        let (room, person) = (room.clone(), person.clone());
        self.store
            .write("leaving a direct message", move |transaction| {
                let key = (room.as_str(), person.as_str());
                let members = transaction.open_table(MEMBERS)?;
                let stored = members.get(key)?.map(|stored| decode::<StoredMember>(stored.value())).transpose()?;
                drop(members);
                match stored {
                    Some(stored) => put(transaction, &room, &stored.member, left),
                    None => Ok(()),
                }
            })
            .await
    }

    async fn left_rooms(&self, person: &PersonId, limit: usize) -> Result<Vec<RoomName>> {
        self.listed(person, LEFT, END, limit).await
    }

    async fn rooms_of(&self, person: &PersonId, limit: usize) -> Result<Vec<RoomName>> {
        self.listed(person, "", LEFT, limit).await
    }
}

impl RedbRoomMembers {
    /// Returns the rooms of a person whose keys are in a range.
    async fn listed(
        &self,
        person: &PersonId,
        from: &'static str,
        to: &'static str,
        limit: usize,
    ) -> Result<Vec<RoomName>> {
        let person = person.clone();
        self.store
            .read("reading the private rooms of a person", move |transaction| {
                let Some(rooms) = open(transaction, ROOMS_OF)? else { return Ok(Vec::new()) };
                let of_person = rooms.range((person.as_str(), from)..(person.as_str(), to))?.take(limit);
                let names = of_person.map(|entry| Ok(entry?.0.value().1.trim_start_matches(LEFT).parse().ok()));
                let names: Vec<Option<RoomName>> = names.collect::<std::result::Result<_, redb::Error>>()?;
                Ok(names.into_iter().flatten().collect())
            })
            .await
    }
}

/// Writes a member. `left` is the newest message when they left.
pub(crate) fn put(
    transaction: &WriteTransaction,
    room: &RoomName,
    member: &RoomMember,
    left: Option<Seq>,
) -> std::result::Result<(), redb::Error> {
    let key = (room.as_str(), member.person.as_str());
    let stored = StoredMember { member: member.clone(), left: left.is_some(), left_after: left };
    transaction.open_table(MEMBERS)?.insert(key, encode(&stored)?.as_slice())?;
    let (mut rooms, left_key) = (transaction.open_table(ROOMS_OF)?, left_key(room));
    let (listed, other) = if left.is_some() { (left_key.as_str(), key.0) } else { (key.0, left_key.as_str()) };
    rooms.insert((key.1, listed), ())?;
    rooms.remove((key.1, other))?;
    Ok(())
}

fn left_key(room: &RoomName) -> String {
    [LEFT, room.as_str()].concat()
}
