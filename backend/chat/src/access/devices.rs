//! The devices of a person: which browsers are signed in, and how they are signed out.
//!
//! A cookie names its device. A cookie of an older version has no device, and gets one when it is used. The list is written once a day for
//! each device that is used. A device that is signed out is an entry of the person's [`SignOuts`], which are read together with their
//! restrictions: nothing reads them to send a message, and a person who has signed nothing out has none.

use std::{cmp::Reverse, sync::Arc, time::Duration};

use futures::future::{try_join, try_join_all};
use shared_types::{DeviceId, PersonId, SignedInDevice, Timestamp, limits};

use crate::{
    access::{
        device_names::browser_and_system,
        sessions::{Session, SessionDevice, day_of},
    },
    moderation::restrictions::RestrictionStore,
    ports::{
        Result, Unavailable,
        devices::{Devices, SignOuts, StoredDevice},
    },
};

/// Maximum number of devices that are read. People have at most [`limits::DEVICES`]; sign-ins at the same time may exceed them.
const READ: usize = 2 * limits::DEVICES;

/// Number of attempts to change the sign-outs of a person, of which other requests may prevent some.
const ATTEMPTS: usize = 5;

/// The devices of people.
#[derive(Clone)]
pub struct DeviceRegistry {
    /// The stored devices.
    pub devices: Arc<dyn Devices>,
    /// The sign-outs, and the clock.
    pub restriction_store: RestrictionStore,
}

/// Why a device was not signed out. Its `Display` is a sentence for the client.
#[derive(Debug, thiserror::Error)]
pub enum SignOutError {
    /// The person is not signed in on such a device. It may be somebody else's.
    #[error("you are not signed in on this device")]
    NoDevice,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl DeviceRegistry {
    /// Returns whether the device of a session is signed out. Costs one read.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn is_signed_out(&self, session: &Session) -> Result<bool> {
        let standing = self.restriction_store.moderation.standing(&session.id).await?;
        Ok(session.is_signed_out(&standing.sign_outs, self.now()))
    }

    /// Stores that a device is used, once a day. `cookie` is the cookie of the session. Returns the session for the next cookie, if it
    /// differs. A failure is logged; the next visit tries again.
    pub async fn note_use(&self, session: &Session, cookie: &str, user_agent: Option<&str>) -> Option<Session> {
        let now = self.now();
        let device = session.device.clone().unwrap_or_else(|| SessionDevice::of_old_cookie(cookie));
        if device.used == day_of(now) {
            return None;
        }
        let (browser, system) = user_agent.map(browser_and_system).unwrap_or_default();
        let [browser, system] = [browser, system].map(|name| name.map(str::to_owned));
        let stored = StoredDevice { id: device.id.clone(), browser, system, since: device.since, last: now };
        if let Err(error) = self.record(&session.id, &stored, device.used == 0).await {
            tracing::warn!(%error, "storing the use of a device failed; the next visit tries again");
            return None;
        }
        Some(Session { device: Some(SessionDevice { used: day_of(now), ..device }), ..session.clone() })
    }

    /// Stores a device. If it is new and the person has too many, signs out those that were used longest ago.
    async fn record(&self, person: &PersonId, device: &StoredDevice, is_new: bool) -> Result<()> {
        self.devices.record(person, device).await?;
        if !is_new {
            return Ok(());
        }
        let mut listed = self.devices.devices(person, READ).await?;
        if listed.len() <= limits::DEVICES {
            return Ok(());
        }
        listed.sort_by_key(|other| Reverse((other.id == device.id, other.last)));
        let oldest = &listed[limits::DEVICES..];
        self.change(person, |sign_outs| sign_outs.with(oldest, &listed, self.now())).await?;
        self.remove(person, oldest).await
    }

    /// Returns the devices of a person that are signed in: the current one first, then those that were used last. `life` is the lifetime of
    /// a cookie.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn list(
        &self,
        person: &PersonId,
        current: Option<&DeviceId>,
        life: Duration,
    ) -> Result<Vec<SignedInDevice>> {
        let mut signed_in = self.signed_in(person).await?;
        signed_in.retain(|device| device.last + life > self.now());
        signed_in.sort_by_key(|device| Reverse((Some(&device.id) == current, device.last)));
        signed_in.truncate(limits::DEVICES);
        let shown = |StoredDevice { id, browser, system, since, last }| {
            let (current, since) = (Some(&id) == current, Some(since).filter(|since| *since > Timestamp::default()));
            SignedInDevice { device: id, browser, system, since, last, current }
        };
        Ok(signed_in.into_iter().map(shown).collect())
    }

    /// Signs out a device of a person. Returns whether it was signed in.
    ///
    /// # Errors
    ///
    /// [`SignOutError`] gives the reason.
    pub async fn sign_out(&self, person: &PersonId, device: &DeviceId) -> std::result::Result<(), SignOutError> {
        let listed = self.devices.devices(person, READ).await?;
        let Some(found) = listed.iter().find(|stored| stored.id == *device) else {
            // An earlier attempt, whose answer was lost, may have signed it out.
            let sign_outs = self.restriction_store.moderation.standing(person).await?.sign_outs;
            let is_signed_out = sign_outs.concern(Some((device, self.now())), self.now());
            return if is_signed_out { Ok(()) } else { Err(SignOutError::NoDevice) };
        };
        let devices = std::slice::from_ref(found);
        self.change(person, |sign_outs| sign_outs.with(devices, &listed, self.now())).await?;
        Ok(self.remove(person, devices).await?)
    }

    /// Signs out all devices of a person but one, also those that are not listed.
    ///
    /// # Errors
    ///
    /// [`SignOutError`] gives the reason.
    pub async fn sign_out_others(&self, person: &PersonId, kept: &DeviceId) -> std::result::Result<(), SignOutError> {
        // A device that is signed out cannot be kept, and so come back.
        let listed = self.signed_in(person).await?;
        if !listed.iter().any(|device| device.id == *kept) {
            return Err(SignOutError::NoDevice);
        }
        self.change(person, |sign_outs| sign_outs.with_all_but(kept, &listed, self.now())).await?;
        let others: Vec<_> = listed.into_iter().filter(|device| device.id != *kept).collect();
        Ok(self.remove(person, &others).await?)
    }

    /// Signs out the device of a session, which may not be stored yet.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn sign_out_current(&self, session: &Session) -> Result<()> {
        let Some(SessionDevice { id, since, .. }) = &session.device else { return Ok(()) };
        let listed = self.devices.devices(&session.id, READ).await?;
        let current = StoredDevice { id: id.clone(), browser: None, system: None, since: *since, last: self.now() };
        let devices = std::slice::from_ref(&current);
        self.change(&session.id, |sign_outs| sign_outs.with(devices, &listed, self.now())).await?;
        self.remove(&session.id, devices).await
    }

    /// Removes the stored devices of a person, up to a number. Returns whether others may be left. What is signed out stays signed out.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn erase(&self, person: &PersonId) -> Result<bool> {
        let listed = self.devices.devices(person, READ).await?;
        self.remove(person, &listed).await?;
        Ok(listed.len() == READ)
    }

    /// Returns the stored devices that are not signed out. A device can be stored although it is signed out, if both happen at the same time.
    async fn signed_in(&self, person: &PersonId) -> Result<Vec<StoredDevice>> {
        let moderation = &self.restriction_store.moderation;
        let (mut listed, standing) = try_join(self.devices.devices(person, READ), moderation.standing(person)).await?;
        listed.retain(|device| !standing.sign_outs.concern(Some((&device.id, device.since)), self.now()));
        Ok(listed)
    }

    async fn change(&self, person: &PersonId, change: impl Fn(&SignOuts) -> SignOuts) -> Result<()> {
        let moderation = &self.restriction_store.moderation;
        for _ in 0..ATTEMPTS {
            let standing = moderation.standing(person).await?;
            if moderation.set_sign_outs(person, &change(&standing.sign_outs)).await? {
                return Ok(());
            }
        }
        Err(Unavailable { doing: "signing out a device", cause: "others change the same person's devices".into() })
    }

    async fn remove(&self, person: &PersonId, devices: &[StoredDevice]) -> Result<()> {
        try_join_all(devices.iter().map(|device| self.devices.remove(person, &device.id))).await.map(drop)
    }

    fn now(&self) -> Timestamp {
        self.restriction_store.clock.now()
    }
}
