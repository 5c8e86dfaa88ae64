//! Counts DynamoDB calls and how many of them wait for each other, for tests and measurements.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Counts the DynamoDB calls of the ports that [`Clients::with_call_log`](crate::clients::Clients::with_call_log) makes.
#[derive(Default)]
pub struct CallLog(Mutex<Calls>);

/// Numbers of DynamoDB calls. A call that finds or changes one small item is one unit of DynamoDB's prices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Number of calls that read.
    pub reads: u32,
    /// Number of calls that write, refused conditional writes included. A transaction is two for each of its items.
    pub writes: u32,
    /// Length of the longest chain of calls of which each began after the one before it had ended.
    pub round_trips: u32,
}

/// What a call does.
#[derive(Clone, Copy)]
pub(crate) enum CallKind {
    Read,
    Write,
}

impl CallLog {
    /// Returns the numbers since the last call of this function.
    pub fn take(&self) -> Calls {
        std::mem::take(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Calls> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs and counts a call. Calls that are polled for the first time together are one round trip.
    pub(crate) async fn count<T>(&self, kind: CallKind, call: impl Future<Output = T>) -> T {
        self.count_units(kind, 1, call).await
    }

    /// Runs a call and counts it as this number of units.
    pub(crate) async fn count_units<T>(&self, kind: CallKind, units: u32, call: impl Future<Output = T>) -> T {
        let depth = {
            let mut calls = self.lock();
            match kind {
                CallKind::Read => calls.reads += units,
                CallKind::Write => calls.writes += units,
            }
            calls.round_trips + 1
        };
        let answer = call.await;
        let mut calls = self.lock();
        calls.round_trips = calls.round_trips.max(depth);
        answer
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join;
    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn calls_at_the_same_time_are_one_round_trip() {
        let log = CallLog::default();
        join(log.count(CallKind::Read, yield_now()), log.count(CallKind::Write, yield_now())).await;
        assert_eq!(log.take(), Calls { reads: 1, writes: 1, round_trips: 1 });
        log.count(CallKind::Read, yield_now()).await;
        log.count(CallKind::Read, yield_now()).await;
        assert_eq!(log.take(), Calls { reads: 2, writes: 0, round_trips: 2 });
        assert_eq!(log.take(), Calls::default());
    }
}
