//! The devices on which a person is signed in.

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{DeviceId, Timestamp, server_message::is_false};

/// A device of a person: a browser with a session cookie.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct SignedInDevice {
    /// Its id.
    pub device: DeviceId,
    /// The browser, such as "Firefox"; absent if it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// The operating system, such as "Linux"; absent if it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Time when it was signed in; absent if that was before the server stored devices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Time of its first visit on the last day on which it was used, in UTC.
    pub last: Timestamp,
    /// Whether it is the device that asks.
    #[serde(default, skip_serializing_if = "is_false")]
    pub current: bool,
}

/// The answer to `GET /devices`.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct DeviceList {
    /// The devices, at most [`crate::limits::DEVICES`]: the one that asks, and then those that were used last.
    pub devices: Vec<SignedInDevice>,
}
