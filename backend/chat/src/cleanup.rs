//! The daily clean-up.

use std::sync::Arc;

use crate::{
    access::sessions::Sessions,
    ports::{Result, connection_gateway::ConnectionGateway, connections::Connections, images::Images, system::Clock},
    presence::sweep::{ConnectionSweep, SweepReport},
};

/// The cron route.
pub struct CleanupHandler {
    sweep: ConnectionSweep,
    sessions: Sessions,
}

impl CleanupHandler {
    /// Wires the route.
    pub fn new(
        connections: Arc<dyn Connections>,
        gateway: Arc<dyn ConnectionGateway>,
        images: Arc<dyn Images>,
        clock: Arc<dyn Clock>,
        sessions: Sessions,
    ) -> Self {
        Self { sweep: ConnectionSweep { connections, gateway, images, clock }, sessions }
    }

    /// Sweeps once, and changes the signing secret where its time has come.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer; doing both again is always right.
    pub async fn handle(&self) -> Result<()> {
        // Neither waits for the other to be well.
        let (swept, changed) = futures::join!(self.sweep.sweep(), self.sessions.rotate());
        outcome(swept, changed)
    }
}

/// Logs what was done, whatever failed beside it. The answer has room for one failure; of two the other is logged here.
fn outcome(swept: Result<SweepReport>, changed: Result<bool>) -> Result<()> {
    if matches!(changed, Ok(true)) {
        tracing::info!("the signing secret was changed; what the one before it signed is still good");
    }
    if let (Err(_), Err(cause)) = (&swept, &changed) {
        tracing::error!(%cause, "the signing secret could not be looked after");
    }
    let SweepReport { open, forgotten, drift, uploads } = swept?;
    tracing::info!(open, forgotten, drift, uploads, "swept");
    changed.map(drop)
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::Arc};

    use super::*;
    use crate::ports::Unavailable;

    /// What is logged of it, and what it is answered with.
    fn told(swept: Result<SweepReport>, changed: Result<bool>) -> (String, String) {
        let log = tempfile::NamedTempFile::new().unwrap();
        let lines = Arc::new(log.reopen().unwrap());
        let subscriber = tracing_subscriber::fmt().with_ansi(false).without_time().with_writer(lines).finish();
        let answer = tracing::subscriber::with_default(subscriber, || outcome(swept, changed));
        (fs::read_to_string(log.path()).unwrap(), answer.err().map(|cause| cause.to_string()).unwrap_or_default())
    }

    fn failed<T>(doing: &'static str) -> Result<T> {
        Err(Unavailable { doing, cause: "no answer".into() })
    }

    #[test]
    fn a_secret_that_was_changed_is_logged_though_the_sweep_failed() {
        let (log, answer) = told(failed("sweeping"), Ok(true));
        assert!(log.contains("the signing secret was changed"), "{log}");
        assert_eq!(answer, "sweeping: no answer");
    }

    #[test]
    fn of_two_failures_none_is_lost() {
        let (log, answer) = told(failed("sweeping"), failed("changing"));
        assert!(log.contains("changing: no answer"), "{log}");
        assert_eq!(answer, "sweeping: no answer");
    }

    #[test]
    fn a_failure_alone_is_the_answer_and_what_was_done_is_logged() {
        let (log, answer) = told(Ok(SweepReport { forgotten: 7, ..SweepReport::default() }), failed("changing"));
        assert!(log.contains("forgotten=7") && !log.contains("changing"), "{log}");
        assert_eq!(answer, "changing: no answer");
        let (log, answer) = told(Ok(SweepReport::default()), Ok(false));
        assert!(log.contains("swept") && !log.contains("secret"), "{log}");
        assert_eq!(answer, "");
    }
}
