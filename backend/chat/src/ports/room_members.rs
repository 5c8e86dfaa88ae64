//! Storage of the members of private rooms.

use async_trait::async_trait;
use shared_types::{PersonId, PersonName, RoomMember, RoomName, Seq};

use crate::ports::Result;

/// A member of a direct message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectMember {
    /// The member.
    pub member: RoomMember,
    /// The newest message when they left the conversation, if they did: the room is not in their list until a later message.
    pub left: Option<Seq>,
}

/// The store of the members of private rooms. It knows only members: a room without members is a room that does not exist.
///
/// The callers keep the limits `limits::ROOM_MEMBERS` and `limits::PRIVATE_ROOMS`. Calls at the same time may exceed them by a few; the
/// lists are cut then.
#[async_trait]
pub trait RoomMembers: Send + Sync {
    /// Makes a person a member of a room, or replaces their entry. The entry and the person's list of rooms MUST change in one step. MUST
    /// survive a crash and a power cut.
    async fn add(&self, room: &RoomName, member: &RoomMember) -> Result<()>;

    /// Makes several people members of a room, at most `limits::DIRECT_PEOPLE`, as [`add`](Self::add): all of them in one step. Calls at
    /// the same time for the same people MUST leave all of them members.
    async fn add_together(&self, room: &RoomName, members: &[RoomMember]) -> Result<()>;

    /// Changes the name of a member. Does nothing if the person is no member. MUST survive a crash and a power cut.
    async fn set_name(&self, room: &RoomName, person: &PersonId, name: &PersonName) -> Result<()>;

    /// Ends a membership, in one step as [`add`](Self::add). The person has not [left](Self::set_left) the room. Does nothing if the person is no member. MUST survive a crash and a power cut.
    async fn remove(&self, room: &RoomName, person: &PersonId) -> Result<()>;

    /// Returns whether a person is a member of a room. MUST see every `add` and `remove` that has ended.
    async fn is_member(&self, room: &RoomName, person: &PersonId) -> Result<bool>;

    /// Returns the members of a room in any order, at most `limit`. MUST see every `add` and `remove` that has ended.
    async fn members(&self, room: &RoomName, limit: usize) -> Result<Vec<RoomMember>>;

    /// Returns the members of a direct message in any order, as [`members`](Self::members), with what they set by
    /// [`set_left`](Self::set_left).
    async fn direct_members(&self, room: &RoomName) -> Result<Vec<DirectMember>>;

    /// Takes a room out of the list of one of its members, whose newest message is `left`, or puts it back (`None`), in one step. They stay
    /// a member. Does nothing if the person is no member. MUST survive a crash and a power cut.
    async fn set_left(&self, room: &RoomName, person: &PersonId, left: Option<Seq>) -> Result<()>;

    /// Returns the rooms that a person has left, sorted by address, at most `limit`.
    async fn left_rooms(&self, person: &PersonId, limit: usize) -> Result<Vec<RoomName>>;

    /// Returns the rooms in the list of a person, sorted by address, at most `limit`. MUST see every `add` and `remove` that has ended.
    async fn rooms_of(&self, person: &PersonId, limit: usize) -> Result<Vec<RoomName>>;
}
