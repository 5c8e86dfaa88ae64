//! Members of private rooms in the database.

use async_trait::async_trait;
use chat::ports::{Result, room_members::RoomMembers};
use redb::{ReadableTable, TableDefinition, WriteTransaction};
use shared_types::{PersonId, PersonName, RoomMember, RoomName};

use crate::{
    messages::{decode, encode, open},
    store::Store,
};

/// A [`RoomMember`] as JSON, by room and person.
pub(crate) const MEMBERS: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("room_members");
/// The same memberships by person and room.
pub(crate) const ROOMS_OF: TableDefinition<'_, (&str, &str), ()> = TableDefinition::new("rooms_of_members");

/// A text that is above all names of rooms and ids of people, which have ASCII characters only.
const END: &str = "\u{7f}";

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
        self.store.write("adding a member of a room", move |transaction| put(transaction, &room, &member)).await
    }

    async fn add_together(&self, room: &RoomName, members: &[RoomMember]) -> Result<()> {
        let (room, members) = (room.clone(), members.to_vec());
        self.store
            .write("adding members of a room", move |transaction| {
                members.iter().try_for_each(|member| put(transaction, &room, member))
            })
            .await
    }

    async fn set_name(&self, room: &RoomName, person: &PersonId, name: &PersonName) -> Result<()> {
        let (room, person, name) = (room.clone(), person.clone(), name.clone());
        self.store
            .write("renaming a member of a room", move |transaction| {
                let key = (room.as_str(), person.as_str());
                let mut members = transaction.open_table(MEMBERS)?;
                let stored = members.get(key)?.map(|stored| decode::<RoomMember>(stored.value())).transpose()?;
                if let Some(member) = stored {
                    let renamed = RoomMember { name: Some(name.clone()), ..member };
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

    async fn rooms_of(&self, person: &PersonId, limit: usize) -> Result<Vec<RoomName>> {
        let person = person.clone();
        self.store
            .read("reading the private rooms of a person", move |transaction| {
                let Some(rooms) = open(transaction, ROOMS_OF)? else { return Ok(Vec::new()) };
                let of_person = rooms.range((person.as_str(), "")..(person.as_str(), END))?.take(limit);
                let names = of_person.map(|entry| Ok(entry?.0.value().1.parse().ok()));
                let names: Vec<Option<RoomName>> = names.collect::<std::result::Result<_, redb::Error>>()?;
                Ok(names.into_iter().flatten().collect())
            })
            .await
    }
}

/// Writes a member.
pub(crate) fn put(
    transaction: &WriteTransaction,
    room: &RoomName,
    member: &RoomMember,
) -> std::result::Result<(), redb::Error> {
    let key = (room.as_str(), member.person.as_str());
    transaction.open_table(MEMBERS)?.insert(key, encode(member)?.as_slice())?;
    transaction.open_table(ROOMS_OF)?.insert((key.1, key.0), ())?;
    Ok(())
}
