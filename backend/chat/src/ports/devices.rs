//! Stores the devices on which people are signed in.
//!
//! A device is a browser with a session cookie. The cookie alone signs it in; a stored device is for the list that its person sees. What ends
//! a cookie before its time are the [`SignOuts`] of its person.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use shared_types::{DeviceId, PersonId, Timestamp, limits};

use crate::ports::Result;

/// A device of a person. As JSON it is stored data: fields keep their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredDevice {
    /// Its id.
    pub id: DeviceId,
    /// The browser, such as "Firefox", if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// The operating system, such as "Linux", if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// When it was signed in; 0 if its cookie is of a version that did not store devices.
    #[serde(default)]
    pub since: Timestamp,
    /// When it was used, to the day.
    pub last: Timestamp,
}

impl StoredDevice {
    /// Returns whether all cookies of the device have expired, so that the store may drop it.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.last + limits::DEVICE_LIFE <= now
    }
}

/// The store of devices.
#[async_trait]
pub trait Devices: Send + Sync {
    /// Stores a device of a person, or replaces it. A crash may lose it. The store may drop it [`limits::DEVICE_LIFE`] after `last`.
    async fn record(&self, person: &PersonId, device: &StoredDevice) -> Result<()>;

    /// Returns up to `limit` devices of a person, in any order, without those that cannot be read. MUST see every `record` and `remove` that
    /// has ended.
    async fn devices(&self, person: &PersonId, limit: usize) -> Result<Vec<StoredDevice>>;

    /// Removes a device of a person. Does nothing if it is not stored.
    async fn remove(&self, person: &PersonId, device: &DeviceId) -> Result<()>;
}

/// Maximum difference between the clock of the server that signs in a device and the one that signs out all devices of before. The clocks of
/// servers differ by milliseconds. A device that is signed in that soon after a sign-out of all others has to be signed in again.
const CLOCK_DIFFERENCE: Duration = Duration::from_secs(2);

/// Which devices of a person are signed out although their cookies have not expired. Its size is bounded. As JSON it is stored data: fields
/// keep their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SignOuts {
    /// Number of changes, so that of two at the same time none is lost.
    pub version: u32,
    /// Devices that are signed out; at most twice [`limits::DEVICES`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    devices: Vec<DeviceId>,
    /// All devices that were signed in before this time are signed out, except `kept`.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Timestamp>,
    /// The devices that `before` does not concern; at most [`limits::DEVICES`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kept: Vec<DeviceId>,
    /// When the cookies of all these devices have expired.
    pub until: Timestamp,
}

impl SignOuts {
    /// Returns whether nothing is signed out: never, or so long ago that the cookies have expired.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until <= now
    }

    /// Returns whether these signed out a device. `None` is a cookie of a version that did not store devices.
    pub fn concern(&self, device: Option<(&DeviceId, Timestamp)>, now: Timestamp) -> bool {
        if self.is_over(now) {
            return false;
        }
        match device {
            None => self.before.is_some(),
            Some((id, since)) => {
                let is_before = self.before.is_some_and(|before| since < before) && !self.kept.contains(id);
                is_before || self.devices.contains(id)
            }
        }
    }

    /// Returns whether these end a link to another device, which `device` made at `made`. A link that was made before a sign-out of all other
    /// devices is void, whichever device made it: a copy of the cookie of the device that stays is the same device.
    pub fn concern_link(&self, device: Option<(&DeviceId, Timestamp)>, made: Timestamp, now: Timestamp) -> bool {
        let is_before = !self.is_over(now) && self.before.is_some_and(|before| made < before);
        is_before || self.concern(device, now)
    }

    /// Returns these with more devices signed out. `listed` are all devices of the person, those first that stay if not all can; the first
    /// one is the one that asks, unless it is signed out itself. If they are too many to be named one by one, all devices that are not listed
    /// are signed out, too: those that were used only once or not since the server stores devices.
    #[must_use]
    pub fn with(&self, devices: &[StoredDevice], listed: &[StoredDevice], now: Timestamp) -> Self {
        let mut next = self.next(now);
        for StoredDevice { id, .. } in devices {
            next.add(id.clone());
        }
        if next.devices.len() > 2 * limits::DEVICES {
            let is_signed_in = |device: &&StoredDevice| !next.concern(Some((&device.id, device.since)), now);
            let kept = listed.iter().filter(is_signed_in).take(limits::DEVICES).map(|device| device.id.clone());
            return Self { kept: kept.collect(), before: Some(now + CLOCK_DIFFERENCE), devices: Vec::new(), ..next };
        }
        next
    }

    /// Returns these with all devices but one signed out. `listed` are all devices of the person. Devices that were signed out one by one
    /// stay so.
    #[must_use]
    pub fn with_all_but(&self, kept: &DeviceId, listed: &[StoredDevice], now: Timestamp) -> Self {
        let next = self.next(now);
        // The clock that made the cookie of a listed device may have been ahead of this one.
        let mut devices: Vec<DeviceId> = Vec::new();
        for id in listed.iter().map(|device| &device.id).take(limits::DEVICES).chain(&next.devices) {
            if id != kept && !devices.contains(id) && devices.len() < 2 * limits::DEVICES {
                devices.push(id.clone());
            }
        }
        Self { devices, before: Some(now + CLOCK_DIFFERENCE), kept: vec![kept.clone()], ..next }
    }

    fn next(&self, now: Timestamp) -> Self {
        let before = if self.is_over(now) { Self::default() } else { self.clone() };
        Self { version: self.version.wrapping_add(1), until: now + limits::DEVICE_LIFE, ..before }
    }

    fn add(&mut self, id: DeviceId) {
        self.kept.retain(|kept| *kept != id);
        if !self.devices.contains(&id) {
            self.devices.push(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);
    const LATER: Timestamp = Timestamp(1_002_000);

    fn id(text: &str) -> DeviceId {
        text.parse().unwrap()
    }

    fn device(text: &str, since: u64) -> StoredDevice {
        StoredDevice { id: id(text), browser: None, system: None, since: Timestamp(since), last: NOW }
    }

    /// Checks which of the devices, and whether a cookie without one, is signed out.
    fn check(sign_outs: &SignOuts, expected: &[(&str, u64, bool)], old_cookies: bool) {
        for &(name, since, is_signed_out) in expected {
            let found = sign_outs.concern(Some((&id(name), Timestamp(since))), NOW);
            assert_eq!(found, is_signed_out, "{name} in {sign_outs:?}");
        }
        assert_eq!(sign_outs.concern(None, NOW), old_cookies, "{sign_outs:?}");
    }

    #[test]
    fn nobody_is_signed_out_at_first() {
        check(&SignOuts::default(), &[("a", 1, false), ("b", 0, false)], false);
    }

    #[test]
    fn signing_out_one_device_keeps_the_others() {
        let listed = [device("a", 5), device("b", 6)];
        let one = SignOuts::default().with(&listed[..1], &listed, NOW);
        check(&one, &[("a", 5, true), ("b", 6, false), ("new", NOW.0, false), ("unlisted", 1, false)], false);
    }

    #[test]
    fn signing_out_one_device_keeps_the_cookies_of_older_versions() {
        let listed = [device("a", 0), device("b", 6)];
        let one = SignOuts::default().with(&listed[..1], &listed, NOW);
        check(&one, &[("a", 0, true), ("b", 6, false), ("other", 0, false)], false);
    }

    #[test]
    fn a_link_ends_with_its_device_and_with_a_sign_out_of_all_others() {
        let listed = [device("a", 5), device("b", 6)];
        let (a, b) = (id("a"), id("b"));
        let [of_a, of_b] = [Some((&a, Timestamp(5))), Some((&b, Timestamp(6)))];
        let one = SignOuts::default().with(&listed[..1], &listed, NOW);
        assert!(one.concern_link(of_a, NOW, NOW) && !one.concern_link(of_b, Timestamp(1), NOW));
        let all = SignOuts::default().with_all_but(&b, &listed, NOW);
        assert!(all.concern_link(of_a, LATER, LATER) && all.concern_link(None, LATER, LATER));
        assert!(all.concern_link(of_b, NOW, LATER) && !all.concern_link(of_b, LATER, LATER));
        assert!(!all.concern_link(of_a, NOW, NOW + limits::DEVICE_LIFE), "it is over");
    }

    #[test]
    fn a_device_of_a_slow_clock_is_signed_out_with_all_others() {
        let all = SignOuts::default().with_all_but(&id("a"), &[], NOW);
        check(&all, &[("ahead", NOW.0 + 1_999, true), ("new", LATER.0, false)], true);
    }

    #[test]
    fn signing_out_all_others_keeps_single_sign_outs() {
        let ahead = device("ahead", LATER.0);
        let one = SignOuts::default().with(&[ahead], &[], NOW);
        let all = one.with_all_but(&id("a"), &[device("a", 5)], NOW);
        check(&all, &[("ahead", LATER.0, true), ("a", 5, false)], true);
    }

    #[test]
    fn signing_out_all_others_includes_those_that_are_not_listed() {
        let listed = [device("a", 5), device("ahead", NOW.0 + 50)];
        let all = SignOuts::default().with_all_but(&id("a"), &listed, NOW);
        let expected = [("a", 5, false), ("ahead", NOW.0 + 50, true), ("unlisted", 1, true), ("new", LATER.0, false)];
        check(&all, &expected, true);
        let again = all.with_all_but(&id("new"), &[device("new", LATER.0)], NOW);
        check(&again, &[("new", LATER.0, false), ("a", 5, true)], true);
        assert_eq!(again.version, 2);
    }

    #[test]
    fn a_kept_device_can_be_signed_out_later() {
        let listed = [device("a", 5)];
        let all = SignOuts::default().with_all_but(&id("a"), &listed, NOW);
        check(&all.with(&listed, &listed, NOW), &[("a", 5, true)], true);
    }

    #[test]
    fn any_number_of_sign_outs_has_a_bounded_size() {
        let (mut sign_outs, kept) = (SignOuts::default(), device("kept", 7));
        for number in 0..1_000 {
            let one = device(&format!("d-{number}"), 5);
            sign_outs = sign_outs.with(std::slice::from_ref(&one), &[kept.clone(), one.clone()], NOW);
            check(&sign_outs, &[("kept", 7, false), (&format!("d-{number}"), 5, true), ("d-0", 5, true)], number >= 40);
        }
        assert!(serde_json::to_string(&sign_outs).unwrap().len() < 64 * 70);
    }

    #[test]
    fn sign_outs_end_when_the_cookies_have_expired() {
        let listed = [device("a", 5)];
        let one = SignOuts::default().with(&listed, &listed, NOW);
        let later = NOW + limits::DEVICE_LIFE;
        assert!(one.concern(Some((&id("a"), Timestamp(5))), later - Duration::from_millis(1)));
        assert!(!one.concern(Some((&id("a"), Timestamp(5))), later));
        // What has ended is not carried along.
        let other = one.with(&[device("b", 6)], &[], later);
        assert!(!other.concern(Some((&id("a"), Timestamp(5))), later) && other.version == 2);
    }
}
