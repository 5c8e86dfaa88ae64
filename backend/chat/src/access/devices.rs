//! The devices of a person: which browsers are signed in, and how they are signed out.
//!
//! A cookie names its device. A cookie of an older version has no device, and gets one when it is used. The list is written once a day for
//! each device that is used. A device that is signed out is an entry of the person's [`SignOuts`], which `connect`, a page and the other
//! routes read: nothing reads them to send a message. So the sockets of a device are closed when it is signed out, after that is stored. A
//! socket that is opened meanwhile is found among the connections, or finds the sign-out
//! ([`ConnectRule`](crate::presence::connect::ConnectRule)).

use std::{cmp::Reverse, sync::Arc, time::Duration};

use futures::{
    TryStreamExt,
    future::{ready, try_join, try_join_all},
};
use shared_types::{DeviceId, PersonId, SignedInDevice, Timestamp, limits};

use crate::{
    access::{
        device_names::browser_and_system,
        sessions::{Session, SessionDevice, day_of},
    },
    moderation::restrictions::RestrictionStore,
    ports::{
        Result, Unavailable,
        connections::Connection,
        devices::{Devices, SignOuts, StoredDevice},
    },
    presence::broadcast::Broadcast,
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
    /// Closes the sockets of devices that are signed out.
    pub sockets: Broadcast,
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
        let sign_outs = self.restriction_store.moderation.sign_outs(&session.id).await?;
        Ok(session.is_signed_out(&sign_outs, self.now()))
    }

    /// Stores that a device is used, once a day. `cookie` is the cookie of the session. Returns the session for the next cookie, if it
    /// differs. A failure is logged; the next visit tries again.
    pub async fn note_use(&self, session: &Session, cookie: &str, user_agent: Option<&str>) -> Option<Session> {
        let now = self.now();
        let device = session.device.clone().unwrap_or_else(|| SessionDevice::of_old_cookie(cookie));
        if device.used == day_of(now) {
            return None;
        }
        // A device of an older cookie is signed in now: a later sign-out of all devices of before must not concern it by its age alone.
        let since = if device.since == Timestamp::default() { now } else { device.since };
        let device = SessionDevice { since, ..device };
        let stored = stored(&device, user_agent, now);
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
        let mut listed = self.stored_devices(person).await?;
        if listed.len() <= limits::DEVICES {
            return Ok(());
        }
        // The new device is the first one, so it stays.
        listed.sort_by_key(|other| Reverse((other.id == device.id, other.last)));
        let oldest = &listed[limits::DEVICES..];
        self.change(person, |sign_outs| Ok::<_, Unavailable>(sign_outs.with(oldest, &listed, self.now()))).await?;
        log_signed_out(person, oldest, "a further device");
        self.close_devices(person, oldest).await?;
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

    /// Returns the devices of a session's person, as [`list`](Self::list). The device of the session is stored if it is not among them: the
    /// person may have erased the list today, or a crash lost the entry.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn list_with_current(
        &self,
        session: &Session,
        user_agent: Option<&str>,
        life: Duration,
    ) -> Result<Vec<SignedInDevice>> {
        let (person, device) = (&session.id, session.device.as_ref());
        let current = device.map(|device| &device.id);
        let listed = self.list(person, current, life).await?;
        let Some(device) = device.filter(|_| !listed.iter().any(|listed| listed.current)) else { return Ok(listed) };
        self.record(person, &stored(device, user_agent, self.now()), true).await?;
        self.list(person, current, life).await
    }

    /// Signs out a device of a person and closes its sockets. If it is not listed, because an earlier attempt signed it out, nothing is
    /// changed.
    ///
    /// # Errors
    ///
    /// [`SignOutError`] gives the reason.
    pub async fn sign_out(&self, person: &PersonId, device: &DeviceId) -> std::result::Result<(), SignOutError> {
        let listed = self.stored_devices(person).await?;
        let Some(found) = listed.iter().find(|stored| stored.id == *device) else {
            // An earlier attempt, whose answer was lost, may have signed it out. It is removed from the list last.
            let sign_outs = self.restriction_store.moderation.sign_outs(person).await?;
            let is_signed_out = sign_outs.concern(Some((device, self.now())), self.now());
            return if is_signed_out { Ok(()) } else { Err(SignOutError::NoDevice) };
        };
        let devices = std::slice::from_ref(found);
        self.change(person, |sign_outs| Ok::<_, Unavailable>(sign_outs.with(devices, &listed, self.now()))).await?;
        log_signed_out(person, devices, "its person");
        self.close_devices(person, devices).await?;
        Ok(self.remove(person, devices).await?)
    }

    /// Signs out all devices of a person but one, also those that are not listed, and closes their sockets.
    ///
    /// # Errors
    ///
    /// [`SignOutError`] gives the reason.
    pub async fn sign_out_others(&self, person: &PersonId, kept: &DeviceId) -> std::result::Result<(), SignOutError> {
        let listed = self.stored_devices(person).await?;
        let Some(found) = listed.iter().find(|device| device.id == *kept) else { return Err(SignOutError::NoDevice) };
        self.keep_only(person, found, &listed).await?;
        let others: Vec<_> = listed.iter().filter(|device| device.id != *kept).cloned().collect();
        Ok(self.remove(person, &others).await?)
    }

    /// Signs out all devices but one and closes their sockets. A device that is signed out cannot be kept, and so come back: each attempt
    /// checks it, because another request may sign it out meanwhile.
    async fn keep_only(
        &self,
        person: &PersonId,
        kept: &StoredDevice,
        listed: &[StoredDevice],
    ) -> std::result::Result<(), SignOutError> {
        let change = |sign_outs: &SignOuts| {
            if sign_outs.concern(Some((&kept.id, kept.since)), self.now()) {
                return Err(SignOutError::NoDevice);
            }
            Ok(sign_outs.with_all_but(&kept.id, listed, self.now()))
        };
        self.change(person, change).await?;
        tracing::info!(%person, kept = %kept.id, "all devices but one signed out");
        Ok(self.close(person, |connection| connection.device.as_ref() != Some(&kept.id)).await?)
    }

    /// Signs out the device of a session and closes its sockets. One whose use was never stored is not signed out: a program that keeps no
    /// cookies could fill the store with entries that stay for 400 days.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn sign_out_current(&self, session: &Session) -> Result<()> {
        let (person, Some(device)) = (&session.id, &session.device) else { return Ok(()) };
        let mut listed = self.stored_devices(person).await?;
        if device.used == 0 && !listed.iter().any(|stored| stored.id == device.id) {
            return Ok(());
        }
        listed.sort_by_key(|stored| Reverse(stored.last));
        let current = stored(device, None, self.now());
        let devices = std::slice::from_ref(&current);
        self.change(person, |sign_outs| Ok::<_, Unavailable>(sign_outs.with(devices, &listed, self.now()))).await?;
        log_signed_out(person, devices, "its page");
        self.close_devices(person, devices).await?;
        self.remove(person, devices).await
    }

    /// Removes the stored devices of a person, up to a number, and signs out all but `kept`, which could not be found in the list any more.
    /// Returns whether others may be left.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn erase(&self, person: &PersonId, kept: Option<&DeviceId>) -> Result<bool> {
        let listed = self.stored_devices(person).await?;
        if let Some(found) = listed.iter().find(|device| Some(&device.id) == kept) {
            match self.keep_only(person, found, &listed).await {
                // It is signed out itself, so its sockets are closed.
                Ok(()) | Err(SignOutError::NoDevice) => {}
                Err(SignOutError::Unavailable(cause)) => return Err(cause),
            }
        } else if kept.is_some() && !listed.is_empty() {
            self.change(person, |sign_outs| Ok::<_, Unavailable>(sign_outs.with(&listed, &[], self.now()))).await?;
            log_signed_out(person, &listed, "erasing all data");
            self.close_devices(person, &listed).await?;
        }
        self.remove(person, &listed).await?;
        Ok(listed.len() == READ)
    }

    /// Returns the stored devices whose cookies have not expired.
    async fn stored_devices(&self, person: &PersonId) -> Result<Vec<StoredDevice>> {
        let mut listed = self.devices.devices(person, READ).await?;
        listed.retain(|device| !device.is_over(self.now()));
        Ok(listed)
    }

    /// Returns the stored devices that are not signed out. A device can be stored although it is signed out, if both happen at the same time.
    async fn signed_in(&self, person: &PersonId) -> Result<Vec<StoredDevice>> {
        let moderation = &self.restriction_store.moderation;
        let (mut listed, sign_outs) = try_join(self.stored_devices(person), moderation.sign_outs(person)).await?;
        listed.retain(|device| !sign_outs.concern(Some((&device.id, device.since)), self.now()));
        Ok(listed)
    }

    /// Changes the sign-outs of a person. `change` is called again when another request changed them meanwhile.
    async fn change<E: From<Unavailable>>(
        &self,
        person: &PersonId,
        change: impl Fn(&SignOuts) -> std::result::Result<SignOuts, E>,
    ) -> std::result::Result<(), E> {
        let moderation = &self.restriction_store.moderation;
        for _ in 0..ATTEMPTS {
            let sign_outs = moderation.sign_outs(person).await?;
            if moderation.set_sign_outs(person, &change(&sign_outs)?).await? {
                return Ok(());
            }
        }
        let cause = "others change the same person's devices".into();
        Err(Unavailable { doing: "signing out a device", cause }.into())
    }

    /// Closes the sockets of these devices. A socket without a device is from a function of an older version, and is closed, too: the page of
    /// a device that is signed in connects again at once.
    async fn close_devices(&self, person: &PersonId, devices: &[StoredDevice]) -> Result<()> {
        let is_one = |id: &DeviceId| devices.iter().any(|device| device.id == *id);
        self.close(person, |connection| connection.device.as_ref().is_none_or(is_one)).await
    }

    /// Closes those sockets of a person that a rule selects. Reads all connections.
    async fn close(&self, person: &PersonId, is_concerned: impl Fn(&Connection) -> bool) -> Result<()> {
        let is_concerned = |one: &Connection| ready(one.person.id == *person && is_concerned(one));
        let concerned: Vec<_> = self.sockets.connections.all().try_filter(is_concerned).try_collect().await?;
        self.sockets.close(&concerned).await
    }

    async fn remove(&self, person: &PersonId, devices: &[StoredDevice]) -> Result<()> {
        try_join_all(devices.iter().map(|device| self.devices.remove(person, &device.id))).await.map(drop)
    }

    fn now(&self) -> Timestamp {
        self.restriction_store.clock.now()
    }
}

/// Returns what is stored of a device that is used now.
fn stored(device: &SessionDevice, user_agent: Option<&str>, now: Timestamp) -> StoredDevice {
    let (browser, system) = user_agent.map(browser_and_system).unwrap_or_default();
    let [browser, system] = [browser, system].map(|name| name.map(str::to_owned));
    StoredDevice { id: device.id.clone(), browser, system, since: device.since, last: now }
}

/// Logs which devices were signed out.
fn log_signed_out(person: &PersonId, devices: &[StoredDevice], by: &'static str) {
    for StoredDevice { id, .. } in devices {
        tracing::info!(%person, device = %id, by, "device signed out");
    }
}
