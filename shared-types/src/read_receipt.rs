//! Read receipts: up to where people have read a room that shows it.

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{PersonId, PersonName, Seq};

/// Up to where a person has read a room.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct ReadReceipt {
    /// The person.
    pub person: PersonId,
    /// The person's name when they read.
    pub name: PersonName,
    /// The newest message that they have seen.
    pub seq: Seq,
}
