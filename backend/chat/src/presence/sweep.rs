//! The daily sweep: connections that ended without a word are forgotten, the count of places is put right, and images
//! that were uploaded and never sent are removed.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, stream};
use shared_types::{Timestamp, limits};

use crate::ports::{
    Result,
    connection_gateway::{ConnectionGateway, DeliveryOutcome},
    connections::{Connection, Connections},
    images::Images,
    system::Clock,
};

/// Probes under way at once.
const AT_ONCE: usize = 64;

/// Longer than a `$connect` or `$disconnect` can take (their functions' timeout is 10 s): when the count has not moved
/// for so long, nobody is half-way through the door.
const SETTLE: Duration = Duration::from_secs(12);

/// How often a count that keeps moving is tried again. A busier chat is put right tomorrow.
const ATTEMPTS: u32 = 3;

/// How long an upload may wait for its message: its address is good for ten minutes, and a page that lost its connection
/// sends the message when it is back.
const UPLOAD_WAITS: Duration = Duration::from_secs(60 * 60);

/// The rule of sweeping.
pub struct ConnectionSweep {
    /// Who is said to be connected.
    pub connections: Arc<dyn Connections>,
    /// Who really is.
    pub gateway: Arc<dyn ConnectionGateway>,
    /// What was uploaded.
    pub images: Arc<dyn Images>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What a sweep found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// Connections that are open.
    pub open: usize,
    /// Connections that were gone and are forgotten.
    pub forgotten: usize,
    /// By how much the count of places was wrong: positive when too many were held as taken.
    pub drift: i64,
    /// Images that were uploaded and never sent, or are kept elsewhere by now.
    pub uploads: usize,
}

impl ConnectionSweep {
    /// Asks every connection whether it is there, counts those that are, and clears up behind the uploads.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn sweep(&self) -> Result<SweepReport> {
        let known = self.connections.all().await?;
        let questions: Vec<_> = known.iter().map(|connection| self.forget_if_gone(connection)).collect();
        let outcomes: Vec<Result<bool>> = stream::iter(questions).buffer_unordered(AT_ONCE).collect().await;
        let mut swept = SweepReport::default();
        for outcome in outcomes {
            if outcome? {
                swept.forgotten += 1;
            } else {
                swept.open += 1;
            }
        }
        swept.uploads = self.images.sweep(self.clock.now() - UPLOAD_WAITS).await?;
        swept.drift = self.put_count_right().await?;
        Ok(swept)
    }

    /// Whether it was gone. Where nobody can say, its age decides.
    async fn forget_if_gone(&self, connection: &Connection) -> Result<bool> {
        let gone = match self.gateway.probe(&connection.id).await {
            DeliveryOutcome::Gone => true,
            DeliveryOutcome::Delivered => false,
            DeliveryOutcome::Busy => has_expired(connection, self.clock.now()),
        };
        if gone {
            self.connections.remove(&connection.id).await?;
        }
        Ok(gone)
    }

    async fn put_count_right(&self) -> Result<i64> {
        for _ in 0..ATTEMPTS {
            let seen = self.connections.count().await?;
            if usize::try_from(seen) == Ok(self.connections.all().await?.len()) {
                return Ok(0);
            }
            self.clock.sleep(SETTLE).await;
            let truth = u32::try_from(self.connections.all().await?.len()).unwrap_or(u32::MAX);
            if self.connections.correct_count(seen, truth).await? {
                return Ok(i64::from(seen) - i64::from(truth));
            }
        }
        tracing::warn!("the count of places kept moving: it is put right tomorrow");
        Ok(0)
    }
}

fn has_expired(connection: &Connection, now: Timestamp) -> bool {
    now.since(connection.opened_at) > limits::LIFETIME
}
