//! The daily clean-up.

use std::sync::Arc;

use crate::{
    access::{profiles::ProfileRegistry, sessions::Sessions},
    messages::retention::{MESSAGES, RoomRetention},
    ports::{
        Result, connection_gateway::ConnectionGateway, connections::Connections, images::Images, messages::Messages,
        moderation::Moderation, profiles::Profiles, room_directory::RoomDirectory, system::Clock,
        usage_store::UsageStore,
    },
    presence::sweep::{ConnectionSweep, SweepReport},
    usage::UsageCounter,
};

/// Handles the `cron` route.
pub struct CleanupHandler {
    sweep: ConnectionSweep,
    retention: RoomRetention,
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
    /// The log.
    pub messages: Arc<dyn Messages>,
    /// The rules of rooms.
    pub moderation: Arc<dyn Moderation>,
    /// Images and uploads.
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
        let CleanupPorts { connections, gateway, messages, moderation, images, profiles, room_directory, usage, clock } =
            ports;
        let retention = RoomRetention {
            messages: messages.clone(),
            moderation,
            images: images.clone(),
            clock: clock.clone(),
            limit: MESSAGES,
        };
        let profiles = ProfileRegistry { profiles, images: images.clone(), clock: clock.clone() };
        let usage = UsageCounter {
            store: usage,
            directory: room_directory,
            connections: connections.clone(),
            messages,
            clock: clock.clone(),
        };
        Self { sweep: ConnectionSweep { connections, gateway, images, clock }, retention, usage, sessions, profiles }
    }

    /// Sweeps once, removes messages whose room does not keep them any longer, counts what was written since the last time, and rotates the
    /// signing secret when it is due.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer. All steps can be repeated safely.
    pub async fn handle(&self) -> Result<()> {
        // All always run: a failure of one does not stop the others.
        let (swept, rotated, removed) =
            futures::join!(self.sweep.sweep(), self.sessions.rotate(), self.retention.remove());
        match self.profiles.sweep().await {
            Ok(removed) => tracing::info!(removed, "unused profiles and pictures removed"),
            Err(cause) => tracing::warn!(%cause, "profiles and pictures not checked; the next clean-up checks them"),
        }
        // After the sweep, so that no connections are counted that are gone.
        if let Err(cause) = self.usage.count().await {
            tracing::warn!(%cause, "usage not counted; the next clean-up counts it");
        }
        report(swept, rotated, removed)
    }
}

/// Logs each step that succeeded, and returns the first failure. The other failures are logged here.
fn report(swept: Result<SweepReport>, rotated: Result<bool>, retention: Result<usize>) -> Result<()> {
    if matches!(rotated, Ok(true)) {
        tracing::info!("signing secret rotated; signatures of the previous one stay valid");
    }
    if let (Err(_), Err(cause)) = (&swept, &rotated) {
        tracing::error!(%cause, "signing secret not rotated; the next clean-up tries again");
    }
    match &retention {
        Ok(0) => {}
        Ok(messages) => tracing::info!(messages, "messages removed that their rooms do not keep any longer"),
        Err(cause) => {
            tracing::error!(%cause, "messages of rooms with a retention not removed; the next clean-up tries again")
        }
    }
    let SweepReport { open, removed, drift, uploads } = swept?;
    tracing::info!(open, removed, drift, uploads, "swept");
    rotated.map(drop).and(retention.map(drop))
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::Arc};

    use super::*;
    use crate::ports::Unavailable;

    /// Returns the log and the text of the returned error.
    fn log_and_error(swept: Result<SweepReport>, rotated: Result<bool>, removed: Result<usize>) -> (String, String) {
        let log = tempfile::NamedTempFile::new().unwrap();
        let lines = Arc::new(log.reopen().unwrap());
        let subscriber = tracing_subscriber::fmt().with_ansi(false).without_time().with_writer(lines).finish();
        let error = tracing::subscriber::with_default(subscriber, || report(swept, rotated, removed));
        (fs::read_to_string(log.path()).unwrap(), error.err().map(|cause| cause.to_string()).unwrap_or_default())
    }

    fn failed<T>(doing: &'static str) -> Result<T> {
        Err(Unavailable { doing, cause: "no answer".into() })
    }

    #[test]
    fn a_rotation_is_logged_when_the_sweep_failed() {
        let (log, error) = log_and_error(failed("sweeping"), Ok(true), Ok(0));
        assert!(log.contains("signing secret rotated"), "{log}");
        assert_eq!(error, "sweeping: no answer");
    }

    #[test]
    fn two_failures_are_both_reported() {
        let (log, error) = log_and_error(failed("sweeping"), failed("rotating"), Ok(0));
        assert!(log.contains("rotating: no answer"), "{log}");
        assert_eq!(error, "sweeping: no answer");
    }

    #[test]
    fn a_single_failure_is_returned_and_the_success_is_logged() {
        let (log, error) =
            log_and_error(Ok(SweepReport { removed: 7, ..SweepReport::default() }), failed("rotating"), Ok(9));
        assert!(log.contains("removed=7") && log.contains("messages=9") && !log.contains("rotating"), "{log}");
        assert_eq!(error, "rotating: no answer");
        let (log, error) = log_and_error(Ok(SweepReport::default()), Ok(false), failed("removing"));
        assert!(log.contains("swept") && !log.contains("secret"), "{log}");
        assert_eq!(error, "removing: no answer");
    }
}
