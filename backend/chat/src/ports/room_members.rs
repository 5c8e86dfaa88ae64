//! Storage of the members of private rooms.

use async_trait::async_trait;
use shared_types::{PersonId, RoomMember, RoomName};

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

    /// Ends a membership, in one step as [`add`](Self::add). Does nothing if the person is no member. MUST survive a crash and a power cut.
    async fn remove(&self, room: &RoomName, person: &PersonId) -> Result<()>;

    /// Returns whether a person is a member of a room. MUST see every `add` and `remove` that has ended.
    async fn is_member(&self, room: &RoomName, person: &PersonId) -> Result<bool>;

    /// Returns the members of a room in any order, at most `limit`. MUST see every `add` and `remove` that has ended.
    async fn members(&self, room: &RoomName, limit: usize) -> Result<Vec<RoomMember>>;

    /// Returns the rooms of a person, sorted by address, at most `limit`. MUST see every `add` and `remove` that has ended.
    async fn rooms_of(&self, person: &PersonId, limit: usize) -> Result<Vec<RoomName>>;
}
