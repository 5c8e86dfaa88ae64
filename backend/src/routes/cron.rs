//! The daily clean-up.

use std::sync::Arc;

use crate::{
    chat::Sweep,
    ports::{Clock, Connections, Outbox, Result},
};

/// The cron route.
pub struct Cron {
    sweep: Sweep,
}

impl Cron {
    /// Wires the route.
    pub fn new(connections: Arc<dyn Connections>, outbox: Arc<dyn Outbox>, clock: Arc<dyn Clock>) -> Self {
        Self { sweep: Sweep { connections, outbox, clock } }
    }

    /// Sweeps once.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer; sweeping again is always right.
    pub async fn handle(&self) -> Result<()> {
        let swept = self.sweep.sweep().await?;
        tracing::info!(open = swept.open, forgotten = swept.forgotten, drift = swept.drift, "swept");
        Ok(())
    }
}
