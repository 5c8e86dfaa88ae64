//! The daily clean-up.

use std::sync::Arc;

use crate::{
    chat::{Identities, Sweep, Swept},
    ports::{Clock, Connections, Images, Outbox, Result},
};

/// The cron route.
pub struct Cron {
    sweep: Sweep,
    identities: Identities,
}

impl Cron {
    /// Wires the route.
    pub fn new(
        connections: Arc<dyn Connections>,
        outbox: Arc<dyn Outbox>,
        images: Arc<dyn Images>,
        clock: Arc<dyn Clock>,
        identities: Identities,
    ) -> Self {
        Self { sweep: Sweep { connections, outbox, images, clock }, identities }
    }

    /// Sweeps once, and changes the signing secret where its time has come.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer; doing both again is always right.
    pub async fn handle(&self) -> Result<()> {
        // Neither waits for the other to be well.
        let (swept, changed) = futures::join!(self.sweep.sweep(), self.identities.rotate());
        let Swept { open, forgotten, drift, uploads } = swept?;
        tracing::info!(open, forgotten, drift, uploads, "swept");
        if changed? {
            tracing::info!("the signing secret was changed; what the one before it signed is still good");
        }
        Ok(())
    }
}
