//! Storage of the members of private rooms.

use async_trait::async_trait;
use shared_types::{PersonId, PersonName, RoomMember, RoomName};

use crate::ports::Result;

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

    /// Ends a membership, in one step as [`add`](Self::add). Does nothing if the person is no member. MUST survive a crash and a power cut.
    async fn remove(&self, room: &RoomName, person: &PersonId) -> Result<()>;

    /// Returns whether a person is a member of a room. MUST see every `add` and `remove` that has ended.
    async fn is_member(&self, room: &RoomName, person: &PersonId) -> Result<bool>;

    /// Returns the members of a room in any order, at most `limit`. MUST see every `add` and `remove` that has ended.
    async fn members(&self, room: &RoomName, limit: usize) -> Result<Vec<RoomMember>>;

    /// Returns the rooms of a person, sorted by address, at most `limit`. MUST see every `add` and `remove` that has ended.
    async fn rooms_of(&self, person: &PersonId, limit: usize) -> Result<Vec<RoomName>>;
}
