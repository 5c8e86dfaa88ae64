//! Private rooms: who may see one, and who changes its members.
//!
//! Every place that takes the name of a room from a client asks here: [`RoomMembership::may_enter`] before a person gets anything of a
//! room, [`RoomMembership::visible`] where a client names several rooms, and [`RoomMembership::readable`] for what a person has kept of
//! several rooms. Whether a room is private follows from its address, so an
//! open room costs no read. Somebody who is no member gets the same answer whether the room exists or not.
//!
//! A socket comes into a private room only after such a check, and it is closed when its person is no member any more. So commands of a
//! socket about its own room need no check.
//!
//! Removing a member is a race with what they do at the same time. The membership ends first, and then the sockets and watchers of the
//! person are read and ended. What lets a person in checks the membership again after the connection or the watcher is stored: either
//! that check sees the end of the membership, or the removal sees what was stored.

use std::{collections::HashSet, sync::Arc};

use futures::future::{try_join, try_join_all};
use shared_types::{
    Appearance, Person, PersonId, PersonName, PrivateRoom, RoomDetails, RoomMember, RoomName, RoomTitle, Seq,
    Timestamp, TitledRoom, limits,
};

use crate::ports::{
    Result as PortResult, Unavailable, moderation::Moderation, room_members::RoomMembers, system::Entropy,
};

/// Decides about private rooms.
#[derive(Clone)]
pub struct RoomMembership {
    /// The members.
    pub members: Arc<dyn RoomMembers>,
}

/// Why something about a private room was not done. Its `Display` is a sentence for the person who asked.
#[derive(Debug, thiserror::Error)]
pub enum MembershipError {
    /// The person is no member of the room, or it does not exist.
    #[error("this room is private or does not exist")]
    NoSuchRoom,
    /// The room is open to everybody, so it has no members.
    #[error("this room is open to everybody: only private rooms have members")]
    Open,
    /// The person is no host of the room.
    #[error("only a host of this room may do this")]
    HostsOnly,
    /// The room has the maximum number of members.
    #[error("a private room has at most {} members", limits::ROOM_MEMBERS)]
    RoomFull,
    /// The person has the maximum number of private rooms.
    #[error(
        "a person is in at most {} private rooms, and others add them to at most {}",
        limits::PRIVATE_ROOMS,
        limits::ADDED_ROOMS
    )]
    TooManyRooms,
    /// The room is a direct message, which keeps its people and has neither a title nor rules.
    #[error(
        "a direct message has only its people, no title and no rules: start a new one with the people you want, or make a private room"
    )]
    Direct,
    /// The wrong number of people for a direct message.
    #[error("a direct message is for two to {} people: choose one to {} others", limits::DIRECT_PEOPLE, limits::DIRECT_PEOPLE - 1)]
    DirectPeople,
    /// The sender chose themselves.
    #[error("you cannot send a direct message to yourself: choose other people")]
    DirectYourself,
    /// The server does not know one of the people, or they are banned. Only moderators see who is banned.
    #[error("one of these people is unknown here or has gone: choose people from the list of people or from a message")]
    DirectUnknown,
    /// The store did not answer. A repetition completes the action.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl RoomMembership {
    /// Returns whether a person may see a room. Costs a read for a private room, and nothing for an open one.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn may_enter(&self, room: &RoomName, person: &PersonId) -> PortResult<bool> {
        if room.is_private() { self.members.is_member(room, person).await } else { Ok(true) }
    }

    /// Returns those of the rooms that a person may see. Costs one read if any of them is private.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn visible(
        &self,
        rooms: impl IntoIterator<Item = &RoomName> + Send,
        person: &PersonId,
    ) -> PortResult<HashSet<RoomName>> {
        let (private, mut visible): (HashSet<_>, HashSet<_>) =
            rooms.into_iter().cloned().partition(RoomName::is_private);
        if !private.is_empty() {
            let own = self.members.rooms_of(person, limits::PRIVATE_ROOMS).await?;
            visible.extend(own.into_iter().filter(|room| private.contains(room)));
        }
        Ok(visible)
    }

    /// Returns those of the rooms whose messages a person may read: those that they may [see](Self::visible), and direct messages that they
    /// have left, into which they can come back at any time. Costs one read more than `visible` if some direct message is not visible.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn readable(
        &self,
        rooms: impl IntoIterator<Item = &RoomName> + Clone + Send,
        person: &PersonId,
    ) -> PortResult<HashSet<RoomName>> {
        let missing: HashSet<_> = rooms.clone().into_iter().filter(|room| room.is_direct()).collect();
        let mut readable = self.visible(rooms, person).await?;
        if missing.iter().any(|room| !readable.contains(*room)) {
            let left = self.members.left_rooms(person, limits::PRIVATE_ROOMS).await?;
            readable.extend(left.into_iter().filter(|room| missing.contains(room)));
        }
        Ok(readable)
    }

    /// Makes a private room, with its creator as host and only member. Returns its address.
    ///
    /// # Errors
    ///
    /// [`MembershipError`] gives the reason.
    pub async fn create(
        &self,
        by: &Person,
        title: &RoomTitle,
        at: Timestamp,
        entropy: &dyn Entropy,
        moderation: &dyn Moderation,
    ) -> Result<RoomName, MembershipError> {
        self.check_number_of_rooms(&by.id, limits::PRIVATE_ROOMS).await?;
        let mut random = [0; 20];
        entropy.fill(&mut random);
        let room = RoomName::of_private_room(random);
        // A title of a room that nobody can see does no harm, if this stops half-way.
        let details = RoomDetails { title: Some(title.clone()), ..RoomDetails::default() };
        moderation.set_details(&room, &details, false).await?;
        let host = member(by, true, at);
        self.members.add(&room, &host).await?;
        Ok(room)
    }

    /// Adds a person to a private room, for a member. Every member may. Somebody who is a member stays as they are. Returns whether the
    /// person was no member before.
    ///
    /// # Errors
    ///
    /// [`MembershipError`] gives the reason.
    pub async fn add(
        &self,
        by: &PersonId,
        room: &RoomName,
        person: PersonId,
        name: Option<PersonName>,
        at: Timestamp,
    ) -> Result<bool, MembershipError> {
        self.join(
            by,
            room,
            RoomMember { person, name, host: false, since: at, appearance: Appearance::NONE },
            limits::ADDED_ROOMS,
        )
        .await
    }

    /// Makes a person with an invitation a member, if the member who made the invitation still is one.
    ///
    /// # Errors
    ///
    /// [`MembershipError`] gives the reason.
    pub async fn accept(
        &self,
        room: &RoomName,
        invited_by: &PersonId,
        person: &Person,
        at: Timestamp,
    ) -> Result<(), MembershipError> {
        self.join(invited_by, room, member(person, false, at), limits::PRIVATE_ROOMS).await.map(drop)
    }

    /// Ends the membership of another person, for a host. The caller ends their sockets and watchers afterwards, also if they were no
    /// member any more: an earlier attempt may have stopped between the two.
    ///
    /// # Errors
    ///
    /// [`MembershipError`] gives the reason.
    pub async fn remove(&self, by: &PersonId, room: &RoomName, person: &PersonId) -> Result<(), MembershipError> {
        self.check_host(room, by).await?;
        Ok(self.members.remove(room, person).await?)
    }

    /// Ends a person's own membership. The caller ends their sockets and watchers afterwards. A direct message is taken out of the person's
    /// list only, until somebody writes in it after the message `newest`.
    ///
    /// # Errors
    ///
    /// [`MembershipError`] gives the reason.
    pub async fn leave(&self, room: &RoomName, person: &PersonId, newest: Seq) -> Result<(), MembershipError> {
        private_only(room)?;
        if room.is_direct() {
            return Ok(self.members.set_left(room, person, Some(newest)).await?);
        }
        Ok(self.members.remove(room, person).await?)
    }

    /// Returns the members of a private room: hosts first, then by name.
    ///
    /// # Errors
    ///
    /// [`MembershipError`] gives the reason.
    pub async fn list(&self, room: &RoomName) -> Result<Vec<RoomMember>, MembershipError> {
        private_only(room)?;
        let mut members = self.members.members(room, limits::ROOM_MEMBERS).await?;
        if !room.is_direct() {
            members = with_host(members);
        }
        let name = |member: &RoomMember| member.name.as_ref().map(ToString::to_string).unwrap_or_default();
        members.sort_by_cached_key(|member| (!member.host, name(member), member.person.to_string()));
        Ok(members)
    }

    /// Returns the private rooms of a person, sorted by title.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn rooms_of(&self, person: &PersonId, moderation: &dyn Moderation) -> PortResult<Vec<PrivateRoom>> {
        let rooms = self.members.rooms_of(person, limits::PRIVATE_ROOMS).await?;
        let mut titles = self.titles(&rooms, person, moderation).await?;
        let mut rooms: Vec<PrivateRoom> = rooms
            .into_iter()
            .map(|room| {
                let title = titles.iter().position(|titled| titled.room == room);
                PrivateRoom { title: title.map(|place| titles.swap_remove(place).title), room }
            })
            .collect();
        let title = |room: &PrivateRoom| room.title.as_ref().map(ToString::to_string).unwrap_or_default();
        rooms.sort_by_cached_key(|room| (title(room), room.room.to_string()));
        Ok(rooms)
    }

    /// Returns the titles of rooms for a person who may see them. That of a direct message has the names of the others.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn titles(
        &self,
        rooms: &[RoomName],
        viewer: &PersonId,
        moderation: &dyn Moderation,
    ) -> PortResult<Vec<TitledRoom>> {
        let named: Vec<RoomName> = rooms.iter().filter(|room| !room.is_direct()).cloned().collect();
        let stored = try_join_all(named.chunks(limits::ROOMS).map(|rooms| moderation.titles(rooms)));
        let (stored, direct) = try_join(stored, self.direct_titles(rooms, viewer)).await?;
        Ok(stored.into_iter().flatten().chain(direct).collect())
    }

    /// Checks that a person is a host of a private room.
    ///
    /// # Errors
    ///
    /// [`MembershipError`] gives the reason.
    pub async fn check_host(&self, room: &RoomName, person: &PersonId) -> Result<(), MembershipError> {
        changeable(room)?;
        let members = with_host(self.members.members(room, limits::ROOM_MEMBERS).await?);
        match members.iter().find(|member| member.person == *person) {
            None => Err(MembershipError::NoSuchRoom),
            Some(member) if member.host => Ok(()),
            Some(_) => Err(MembershipError::HostsOnly),
        }
    }

    /// Makes a person a member, by a member, and returns whether they were none before. Nobody can bring themselves or others back while they
    /// are being removed.
    async fn join(
        &self,
        by: &PersonId,
        room: &RoomName,
        member: RoomMember,
        most_rooms: usize,
    ) -> Result<bool, MembershipError> {
        private_only(room)?;
        let members = self.members.members(room, limits::ROOM_MEMBERS).await?;
        if members.iter().all(|other| other.person != *by) {
            return Err(MembershipError::NoSuchRoom);
        }
        // Only its people learn that a room is a direct message.
        changeable(room)?;
        if members.iter().any(|other| other.person == member.person) {
            return Ok(false);
        }
        if members.len() >= limits::ROOM_MEMBERS {
            return Err(MembershipError::RoomFull);
        }
        self.check_number_of_rooms(&member.person, most_rooms).await?;
        self.members.add(room, &member).await?;
        // The member may have been removed since the first check.
        if !self.members.is_member(room, by).await? {
            self.members.remove(room, &member.person).await?;
            return Err(MembershipError::NoSuchRoom);
        }
        Ok(true)
    }

    pub(super) async fn check_number_of_rooms(&self, person: &PersonId, most: usize) -> Result<(), MembershipError> {
        let rooms = self.members.rooms_of(person, most).await?;
        if rooms.len() < most { Ok(()) } else { Err(MembershipError::TooManyRooms) }
    }
}

/// Returns a person as a member since `at`, as a host or not. The store keeps no appearance.
fn member(person: &Person, host: bool, at: Timestamp) -> RoomMember {
    RoomMember {
        person: person.id.clone(),
        name: Some(person.name.clone()),
        host,
        since: at,
        appearance: Appearance::NONE,
    }
}

fn private_only(room: &RoomName) -> Result<(), MembershipError> {
    if room.is_private() { Ok(()) } else { Err(MembershipError::Open) }
}

/// Checks that a room is private, and that its members, title and rules can change.
fn changeable(room: &RoomName) -> Result<(), MembershipError> {
    if room.is_direct() { Err(MembershipError::Direct) } else { private_only(room) }
}

/// Makes the member who is there for the longest time a host, if all hosts have left. Nothing is stored, so it cannot fail half-way.
fn with_host(mut members: Vec<RoomMember>) -> Vec<RoomMember> {
    if members.iter().all(|member| !member.host)
        && let Some(oldest) = members.iter_mut().min_by_key(|member| (member.since, member.person.to_string()))
    {
        oldest.host = true;
    }
    members
}
