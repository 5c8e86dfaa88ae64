//! Stores the profiles of people: picture, colour and status. The file of a picture is in the store of images.
//!
//! While a file is written or removed, the profile says so ([`StoredProfile::changing_until`]). So no two requests change it at the same
//! time, and a file is only where there is a profile: a request that is interrupted leaves a profile that tells the next one.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use shared_types::{Appearance, Nonce, PersonId, Profile, StatusText, Timestamp};

use crate::ports::Result;

/// How long one request may take to write or to remove the file of a picture: longer than a function may run, 10 s.
pub const CHANGE_TIME: Duration = Duration::from_secs(15);

/// The stored profile of a person; the default is that of a person who has none. At most 600 bytes as JSON. As JSON it is stored data: fields
/// keep their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StoredProfile {
    /// Number of changes, so that of two at the same time none is lost. 0 if nothing is stored.
    pub version: u32,
    /// The status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusText>,
    /// Picture and colour.
    #[serde(skip_serializing_if = "Appearance::is_default")]
    pub appearance: Appearance,
    /// The nonce with which the picture was uploaded, so that a retry is recognized.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<Nonce>,
    /// Until when another request is changing the file of the picture. If that time has passed, the request was interrupted, and there may be
    /// a file although the profile has no picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changing_until: Option<Timestamp>,
}

impl StoredProfile {
    /// Returns what stands for a profile that cannot be read. Its file may exist.
    pub fn unreadable(version: u32) -> Self {
        Self { version, changing_until: Some(Timestamp(0)), ..Self::default() }
    }

    /// Returns whether nothing is left to store.
    pub fn is_empty(&self) -> bool {
        *self == Self { version: self.version, ..Self::default() }
    }

    /// Returns whether another request is changing the file of the picture.
    pub fn is_changing(&self, now: Timestamp) -> bool {
        self.changing_until.is_some_and(|until| until > now)
    }

    /// Returns what everybody sees.
    pub fn shown(&self, person: &PersonId) -> Profile {
        Profile { person: person.clone(), status: self.status.clone(), appearance: self.appearance }
    }
}

/// The store of profiles.
#[async_trait]
pub trait Profiles: Send + Sync {
    /// Returns the profile of a person. MUST see every `set_profile` that has ended. One that cannot be read is
    /// [`StoredProfile::unreadable`].
    async fn profile(&self, person: &PersonId) -> Result<StoredProfile>;

    /// Replaces the profile of a person if `profile` has the version after the stored one, in one step. Returns whether it had. A profile
    /// that [is empty](StoredProfile::is_empty) is removed. After success it MUST survive a crash and a power cut. A repetition of a call
    /// whose answer was lost may return either.
    async fn set_profile(&self, person: &PersonId, profile: &StoredProfile) -> Result<bool>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_profile_stays_below_a_write_unit() {
        let profile = StoredProfile {
            version: u32::MAX,
            status: "🏴".repeat(80).parse().ok(),
            appearance: Appearance { picture: Some(Timestamp(u64::MAX)), colour: 11.try_into().ok() },
            nonce: "n".repeat(64).parse().ok(),
            changing_until: Some(Timestamp(u64::MAX)),
        };
        let json = serde_json::to_string(&profile).unwrap();
        assert!(json.len() < 600, "{}", json.len());
        assert_eq!(serde_json::from_str::<StoredProfile>(&json).unwrap(), profile);
    }

    #[test]
    fn a_profile_of_another_version_is_read() {
        assert_eq!(serde_json::from_str::<StoredProfile>("{}").unwrap(), StoredProfile::default());
        let newer = r#"{"version":3,"appearance":{"colour":12,"shape":"round"},"pronouns":"she"}"#;
        let expected = StoredProfile { version: 3, ..StoredProfile::default() };
        assert_eq!(serde_json::from_str::<StoredProfile>(newer).unwrap(), expected);
        assert!(expected.is_empty() && !StoredProfile::unreadable(3).is_empty());
    }
}
