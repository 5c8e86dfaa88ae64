//! The daily clean-up.

use std::sync::Arc;

use crate::{
    access::{profiles::ProfileRegistry, sessions::Sessions},
    ports::{
        Result, connection_gateway::ConnectionGateway, connections::Connections, images::Images, profiles::Profiles,
        room_directory::RoomDirectory, system::Clock, usage_store::UsageStore,
    },
    presence::sweep::{ConnectionSweep, SweepReport},
    usage::UsageCounter,
};

/// Handles the `cron` route.
pub struct CleanupHandler {
    sweep: ConnectionSweep,
    usage: UsageCounter,
    sessions: Sessions,
    profiles: ProfileRegistry,
}

/// The ports of [`CleanupHandler`].
pub struct CleanupPorts {
    /// The open connections.
    pub connections: Arc<dyn Connections>,
    /// Knows which connections are open.
    pub gateway: Arc<dyn ConnectionGateway>,
    /// Uploaded images.
    pub images: Arc<dyn Images>,
    /// The profiles of people.
    pub profiles: Arc<dyn Profiles>,
    /// The directory of open rooms.
    pub room_directory: Arc<dyn RoomDirectory>,
    /// Usage figures.
    pub usage: Arc<dyn UsageStore>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl CleanupHandler {
    /// Connects the handler with its ports.
    pub fn new(ports: CleanupPorts, sessions: Sessions) -> Self {
        let CleanupPorts { connections, gateway, images, profiles, room_directory, usage, clock } = ports;
        let profiles = ProfileRegistry { profiles, images: images.clone(), clock: clock.clone() };
        let usage = UsageCounter {
            store: usage,
            directory: room_directory,
            connections: connections.clone(),
            clock: clock.clone(),
        };
        Self { sweep: ConnectionSweep { connections, gateway, images, clock }, usage, sessions, profiles }
    }

    /// Sweeps once, counts what was written since the last time, and rotates the signing secret when it is due.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer. All steps can be repeated safely.
    pub async fn handle(&self) -> Result<()> {
        // Both always run: a failure of one does not stop the other.
        let (swept, rotated) = futures::join!(self.sweep.sweep(), self.sessions.rotate());
        match self.profiles.sweep().await {
            Ok(removed) => tracing::info!(removed, "pictures without a profile removed"),
            Err(cause) => tracing::warn!(%cause, "pictures not checked; the next clean-up checks them"),
        }
        // After the sweep, so that no connections are counted that are gone.
        if let Err(cause) = self.usage.count().await {
            tracing::warn!(%cause, "usage not counted; the next clean-up counts it");
        }
        report(swept, rotated)
    }
}

/// Logs each step that succeeded, and returns the first failure. If both failed, the second is logged here.
fn report(swept: Result<SweepReport>, rotated: Result<bool>) -> Result<()> {
    if matches!(rotated, Ok(true)) {
        tracing::info!("signing secret rotated; signatures of the previous one stay valid");
    }
    if let (Err(_), Err(cause)) = (&swept, &rotated) {
        tracing::error!(%cause, "signing secret not rotated; the next clean-up tries again");
    }
    let SweepReport { open, removed, drift, uploads } = swept?;
    tracing::info!(open, removed, drift, uploads, "swept");
    rotated.map(drop)
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::Arc};

    use super::*;
    use crate::ports::Unavailable;

    /// Returns the log and the text of the returned error.
    fn log_and_error(swept: Result<SweepReport>, rotated: Result<bool>) -> (String, String) {
        let log = tempfile::NamedTempFile::new().unwrap();
        let lines = Arc::new(log.reopen().unwrap());
        let subscriber = tracing_subscriber::fmt().with_ansi(false).without_time().with_writer(lines).finish();
        let error = tracing::subscriber::with_default(subscriber, || report(swept, rotated));
        (fs::read_to_string(log.path()).unwrap(), error.err().map(|cause| cause.to_string()).unwrap_or_default())
    }

    fn failed<T>(doing: &'static str) -> Result<T> {
        Err(Unavailable { doing, cause: "no answer".into() })
    }

    #[test]
    fn a_rotation_is_logged_when_the_sweep_failed() {
        let (log, error) = log_and_error(failed("sweeping"), Ok(true));
        assert!(log.contains("signing secret rotated"), "{log}");
        assert_eq!(error, "sweeping: no answer");
    }

    #[test]
    fn two_failures_are_both_reported() {
        let (log, error) = log_and_error(failed("sweeping"), failed("rotating"));
        assert!(log.contains("rotating: no answer"), "{log}");
        assert_eq!(error, "sweeping: no answer");
    }

    #[test]
    fn a_single_failure_is_returned_and_the_success_is_logged() {
        let (log, error) = log_and_error(Ok(SweepReport { removed: 7, ..SweepReport::default() }), failed("rotating"));
        assert!(log.contains("removed=7") && !log.contains("rotating"), "{log}");
        assert_eq!(error, "rotating: no answer");
        let (log, error) = log_and_error(Ok(SweepReport::default()), Ok(false));
        assert!(log.contains("swept") && !log.contains("secret"), "{log}");
        assert_eq!(error, "");
    }
}
