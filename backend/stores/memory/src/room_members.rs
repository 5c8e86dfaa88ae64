//! Members of private rooms in memory.

use std::{collections::BTreeMap, sync::Mutex};

use async_trait::async_trait;
use chat::ports::{
    Result,
    room_members::{DirectMember, RoomMembers},
};
use shared_types::{PersonId, PersonName, RoomMember, RoomName, Seq};

/// [`RoomMembers`] in memory.
#[derive(Default)]
pub struct MemoryRoomMembers(Mutex<BTreeMap<(RoomName, PersonId), DirectMember>>);

fn stored(member: &RoomMember) -> DirectMember {
    DirectMember { member: member.clone(), left: None }
}

#[async_trait]
impl RoomMembers for MemoryRoomMembers {
    async fn add(&self, room: &RoomName, member: &RoomMember) -> Result<()> {
        self.0.lock().unwrap().insert((room.clone(), member.person.clone()), stored(member));
        Ok(())
    }

    async fn add_together(&self, room: &RoomName, members: &[RoomMember]) -> Result<()> {
        let added = members.iter().map(|member| ((room.clone(), member.person.clone()), stored(member)));
        self.0.lock().unwrap().extend(added);
        Ok(())
    }

    async fn set_name(&self, room: &RoomName, person: &PersonId, name: &PersonName) -> Result<()> {
        if let Some(DirectMember { member, .. }) = self.0.lock().unwrap().get_mut(&(room.clone(), person.clone())) {
            member.name = Some(name.clone());
        }
        Ok(())
    }

    async fn remove(&self, room: &RoomName, person: &PersonId) -> Result<()> {
        self.0.lock().unwrap().remove(&(room.clone(), person.clone()));
        Ok(())
    }

    async fn is_member(&self, room: &RoomName, person: &PersonId) -> Result<bool> {
        Ok(self.0.lock().unwrap().contains_key(&(room.clone(), person.clone())))
    }

    async fn members(&self, room: &RoomName, limit: usize) -> Result<Vec<RoomMember>> {
        let members = self.0.lock().unwrap();
        let of_room = members.iter().filter(|((of, _), _)| of == room);
        Ok(of_room.map(|(_, stored)| stored.member.clone()).take(limit).collect())
    }

    async fn direct_members(&self, room: &RoomName) -> Result<Vec<DirectMember>> {
        let members = self.0.lock().unwrap();
        Ok(members.iter().filter(|((of, _), _)| of == room).map(|(_, stored)| stored.clone()).collect())
    }

    async fn set_left(&self, room: &RoomName, person: &PersonId, left: Option<Seq>) -> Result<()> {
        if let Some(member) = self.0.lock().unwrap().get_mut(&(room.clone(), person.clone())) {
            member.left = left;
        }
        Ok(())
    }

    async fn left_rooms(&self, person: &PersonId, limit: usize) -> Result<Vec<RoomName>> {
        Ok(self.listed(person, true, limit))
    }

    async fn rooms_of(&self, person: &PersonId, limit: usize) -> Result<Vec<RoomName>> {
        Ok(self.listed(person, false, limit))
    }
}

impl MemoryRoomMembers {
    fn listed(&self, person: &PersonId, left: bool, limit: usize) -> Vec<RoomName> {
        let members = self.0.lock().unwrap();
        let of_person =
            members.iter().filter(|((_, member), stored)| member == person && stored.left.is_some() == left);
        of_person.map(|((room, _), _)| room.clone()).take(limit).collect()
    }
}
