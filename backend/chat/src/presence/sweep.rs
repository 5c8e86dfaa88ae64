//! The daily sweep: removes connections that ended without a `$disconnect`, corrects the connection count, and removes images
//! that were uploaded and never sent.

use std::{sync::Arc, time::Duration};

use futures::{TryStreamExt, future::ready};
use shared_types::{Timestamp, limits};

use crate::ports::{
    Result,
    connection_gateway::{ConnectionGateway, DeliveryOutcome},
    connections::{Connection, Connections},
    images::Images,
    system::Clock,
};

/// Maximum number of concurrent probes.
const CONCURRENT_PROBES: usize = 64;

/// Longer than a `$connect` or `$disconnect` can take (their functions' timeout is 10 s). If the count does not change for
/// this time, none of them is in progress.
const SETTLE_TIME: Duration = Duration::from_secs(12);

/// Maximum number of attempts to correct a count that keeps changing. In a busier chat the next sweep corrects it.
const ATTEMPTS: u32 = 3;

/// How long an upload may wait for its message. Its address is valid for ten minutes, and a page that lost its connection
/// sends the message after it has reconnected.
const UPLOAD_RETENTION: Duration = Duration::from_secs(60 * 60);

/// Runs the sweep.
pub struct ConnectionSweep {
    /// The stored connections.
    pub connections: Arc<dyn Connections>,
    /// The gateway, which knows the connections that are open.
    pub gateway: Arc<dyn ConnectionGateway>,
    /// The image store, with the uploads.
    pub images: Arc<dyn Images>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// The result of a sweep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// Number of open connections.
    pub open: usize,
    /// Number of connections that were gone and are removed.
    pub removed: usize,
    /// Error of the connection count: positive when it was too high.
    pub drift: i64,
    /// Number of removed uploads. They were never sent, or are kept as the image of a message.
    pub uploads: usize,
}

impl ConnectionSweep {
    /// Probes every connection, removes those that are gone, removes old uploads and corrects the connection count.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the store did not answer.
    pub async fn sweep(&self) -> Result<SweepReport> {
        let probes = self.connections.all().map_ok(|connection| self.remove_if_gone(connection));
        let mut probes = probes.try_buffer_unordered(CONCURRENT_PROBES);
        let mut report = SweepReport::default();
        while let Some(was_removed) = probes.try_next().await? {
            if was_removed {
                report.removed += 1;
            } else {
                report.open += 1;
            }
        }
        report.uploads = self.images.sweep(self.clock.now() - UPLOAD_RETENTION).await?;
        report.drift = self.correct_count().await?;
        Ok(report)
    }

    /// Removes a connection that is gone. Returns whether it was. If the gateway can't tell, the connection's age decides.
    async fn remove_if_gone(&self, connection: Connection) -> Result<bool> {
        let gone = match self.gateway.probe(&connection.id).await {
            DeliveryOutcome::Gone => true,
            DeliveryOutcome::Delivered | DeliveryOutcome::Behind => false,
            DeliveryOutcome::Busy => has_expired(&connection, self.clock.now()),
        };
        if gone {
            self.connections.remove(&connection.id).await?;
        }
        Ok(gone)
    }

    /// Sets the connection count to the number of connections. Returns by how much it was too high.
    async fn correct_count(&self) -> Result<i64> {
        for _ in 0..ATTEMPTS {
            let seen = self.connections.count().await?;
            if seen == self.number_of_connections().await? {
                return Ok(0);
            }
            self.clock.sleep(SETTLE_TIME).await;
            let actual = self.number_of_connections().await?;
            if self.connections.correct_count(seen, actual).await? {
                return Ok(i64::from(seen) - i64::from(actual));
            }
        }
        tracing::warn!("the connection count kept changing; the next sweep corrects it");
        Ok(0)
    }

    /// Counts the stored connections.
    async fn number_of_connections(&self) -> Result<u32> {
        self.connections.all().try_fold(0_u32, |count, _| ready(Ok(count.saturating_add(1)))).await
    }
}

fn has_expired(connection: &Connection, now: Timestamp) -> bool {
    now.since(connection.opened_at) > limits::LIFETIME
}
