//! The daily clean-up.

use std::sync::Arc;

use crate::{
    chat::{Sweep, Swept},
    ports::{Clock, Connections, Images, Outbox, Result},
};

/// The cron route.
pub struct Cron {
    sweep: Sweep,
}

impl Cron {
    /// Wires the route.
    pub fn new(
        connections: Arc<dyn Connections>,
        outbox: Arc<dyn Outbox>,
        images: Arc<dyn Images>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { sweep: Sweep { connections, outbox, images, clock } }
    }

    /// Sweeps once.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer; sweeping again is always right.
    pub async fn handle(&self) -> Result<()> {
        let Swept { open, forgotten, drift, uploads } = self.sweep.sweep().await?;
        tracing::info!(open, forgotten, drift, uploads, "swept");
        Ok(())
    }
}
