//! Who may read a room.

use shared_types::{Person, RoomName};

use crate::ports::Result;

/// Returns whether a person may read a room: its messages, and what is known of them. Every room is open to everybody who has access to
/// the chat. What answers about other rooms than the one of a connection asks here.
///
/// # Errors
///
/// `Unavailable` if a store did not answer.
#[allow(clippy::unused_async, reason = "rooms with members read a store")]
pub(crate) async fn may_read(_person: &Person, _room: &RoomName) -> Result<bool> {
    Ok(true)
}
