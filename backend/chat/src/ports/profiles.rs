//! Stores the profiles of people: name, picture, colour and status. The file of a picture is in the store of images.
//!
//! While a file is written or removed, the profile says so ([`StoredProfile::changing_until`]). So no two requests change it at the same
//! time, and a file is only where there is a profile: a request that is interrupted leaves a profile that tells the next one.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use shared_types::{Appearance, Nonce, PersonId, PersonName, Profile, StatusText, Timestamp, limits};

use crate::ports::Result;

/// How long one request may take to write or to remove the file of a picture: longer than a function may run, 10 s.
pub const CHANGE_TIME: Duration = Duration::from_secs(15);

/// The stored profile of a person; the default is that of a person who has none. At most 900 bytes as JSON. As JSON it is stored data: fields
/// keep their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StoredProfile {
    /// Increases with each change, so that of two at the same time none is lost. 0 if nothing is stored. The first version is the time in
    /// milliseconds, so that a request that read an earlier profile, which was removed since, does not take the new one for it.
    pub version: u64,
    /// The name that the person chose last, on all their devices. `None` if they chose none since it is stored, and where a provider gives the
    /// names. One that a newer function stored, and this one does not accept, reads as absent.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "unless_unknown")]
    pub name: Option<PersonName>,
    /// The status. One that a newer function stored, and this one does not accept, reads as absent.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "unless_unknown")]
    pub status: Option<StatusText>,
    /// Picture and colour.
    #[serde(skip_serializing_if = "Appearance::is_default")]
    pub appearance: Appearance,
    /// The nonce with which the picture was uploaded, so that a retry is recognized.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "unless_unknown")]
    pub nonce: Option<Nonce>,
    /// Until when another request is changing the file of the picture. If that time has passed, the request was interrupted, and there may be
    /// a file although the profile has no picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changing_until: Option<Timestamp>,
    /// When the profile was changed, or when its person last connected, which is stored after half of its life. The profile ends
    /// [`limits::PROFILE_LIFE`] later. One of before this field does not end until its person connects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<Timestamp>,
}

/// Reads a value, or nothing if it is none of this version.
fn unless_unknown<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(serde_json::Value::deserialize(deserializer)?).ok())
}

impl StoredProfile {
    /// Returns what stands for a profile that cannot be read. Its file may exist.
    pub fn unreadable(version: u64) -> Self {
        Self { version, changing_until: Some(Timestamp(0)), ..Self::default() }
    }

    /// Returns whether the stored profile cannot be read.
    pub fn is_unreadable(&self) -> bool {
        self.changing_until == Some(Timestamp(0))
    }

    /// Returns whether nothing is left to store.
    pub fn is_empty(&self) -> bool {
        *self == Self { version: self.version, used: self.used, ..Self::default() }
    }

    /// Returns the version of the next change.
    pub fn next_version(&self, now: Timestamp) -> u64 {
        if self.version == 0 { now.0.max(1) } else { self.version.saturating_add(1) }
    }

    /// Returns whether the profile has not been used for so long that it ends.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.used.is_some_and(|used| used + limits::PROFILE_LIFE < now)
    }

    /// Returns whether it is to be stored that the profile is used: half of its life is over.
    pub fn is_use_due(&self, now: Timestamp) -> bool {
        let is_old = self.used.is_none_or(|used| used + limits::PROFILE_LIFE / 2 < now);
        is_old && self.version > 0 && !self.is_unreadable()
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

    /// Returns pictures and colours of people, at most [`limits::ROOM_MEMBERS`], without those who have neither. Costs half a read unit for
    /// each person where the store counts them. Changes of the last moment may be missing, and whatever could not be read at once.
    async fn appearances(&self, people: &[PersonId]) -> Result<HashMap<PersonId, Appearance>>;

    /// Returns people who have a profile, at most `most`: those with the lowest ids, or with the lowest ones above `after`. A store that
    /// removes profiles that [are over](StoredProfile::is_over) without being asked returns nobody.
    async fn people(&self, _after: Option<&PersonId>, _most: usize) -> Result<Vec<PersonId>> {
        Ok(Vec::new())
    }

    /// Replaces the profile of a person if the stored one has the version `before`, in one step. Returns whether it had; 0 means that nothing
    /// is stored. A profile that [is empty](StoredProfile::is_empty) is removed. After success it MUST survive a crash and a power cut. A
    /// repetition of a call whose answer was lost may return either. A store may remove a profile that [is over](StoredProfile::is_over).
    async fn set_profile(&self, person: &PersonId, before: u64, profile: &StoredProfile) -> Result<bool>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_profile_stays_below_a_write_unit() {
        let profile = StoredProfile {
            version: u64::MAX,
            name: "🏴".repeat(limits::NAME_CHARS).parse().ok(),
            status: "🏴".repeat(80).parse().ok(),
            appearance: Appearance { picture: Some(Timestamp(u64::MAX)), colour: 11.try_into().ok() },
            nonce: "n".repeat(64).parse().ok(),
            changing_until: Some(Timestamp(u64::MAX)),
            used: Some(Timestamp(u64::MAX)),
        };
        let json = serde_json::to_string(&profile).unwrap();
        assert!(profile.name.is_some() && json.len() < 900, "{}", json.len());
        assert_eq!(serde_json::from_str::<StoredProfile>(&json).unwrap(), profile);
    }

    #[test]
    fn a_profile_of_another_version_is_read() {
        assert_eq!(serde_json::from_str::<StoredProfile>("{}").unwrap(), StoredProfile::default());
        let newer = r#"{"version":3,"appearance":{"colour":12,"shape":"round"},"pronouns":"she"}"#;
        let expected = StoredProfile { version: 3, ..StoredProfile::default() };
        assert_eq!(serde_json::from_str::<StoredProfile>(newer).unwrap(), expected);
        assert!(expected.is_empty() && !StoredProfile::unreadable(3).is_empty());
        // What is unknown does not take the picture with it: a change that keeps the picture would lose it.
        let appearance = Appearance { picture: Some(Timestamp(7)), colour: None };
        let kept = StoredProfile { version: 3, appearance, ..StoredProfile::default() };
        let long = "x".repeat(81);
        for unknown in [
            r#""name":"""#,
            r#""name":["Ann"]"#,
            r#""status":"""#,
            &format!(r#""status":"{long}""#),
            r#""status":{"text":"hi"}"#,
            r#""nonce":"a b""#,
        ] {
            let newer = format!(r#"{{"version":3,"appearance":{{"picture":7}},{unknown}}}"#);
            assert_eq!(serde_json::from_str::<StoredProfile>(&newer).unwrap(), kept, "{unknown}");
        }
    }

    #[test]
    fn a_profile_ends_when_it_is_not_used() {
        let day = Duration::from_secs(24 * 60 * 60);
        let used = Timestamp(1_764_540_000_000);
        let profile = StoredProfile { version: 1, used: Some(used), ..StoredProfile::default() };
        for (days, due, over) in [(0, false, false), (199, false, false), (201, true, false), (401, true, true)] {
            let now = used + day * days;
            assert_eq!((profile.is_use_due(now), profile.is_over(now)), (due, over), "{days}");
        }
        let of_before = StoredProfile { used: None, ..profile };
        assert!(of_before.is_use_due(used) && !of_before.is_over(Timestamp(u64::MAX)));
        assert!(!StoredProfile::default().is_use_due(used) && !StoredProfile::unreadable(3).is_use_due(used));
    }
}
