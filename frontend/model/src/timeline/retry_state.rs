//! Retries: when a request waits, when it is in flight, and when it has failed.

use shared_types::ErrorCode;

/// Timeout of a confirmation on a live socket, in milliseconds.
pub const CONFIRM_MS: u64 = 15_000;

/// Maximum number of attempts. Their pauses of 1 + 2 + 3 + 4 s bridge an outage of 10 s. Lost sockets do not count.
pub const TRIES: u32 = 5;

/// Pause before a retry, in milliseconds, multiplied by the number of attempts.
const PAUSE_MS: u64 = 1_000;

/// The state of a request that has to reach the server.
#[derive(Debug)]
pub(super) struct RetryState {
    pub(super) phase: RetryPhase,
    tries: u32,
    /// Number of times it was sent without being refused.
    unanswered: u32,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum RetryPhase {
    /// Waiting for a socket, and until this time.
    Waiting(u64),
    /// Sent at this time.
    InFlight(u64),
    /// Failed for this reason.
    Failed(String),
}

impl RetryState {
    /// A request without attempts.
    pub(super) fn new() -> Self {
        Self { phase: RetryPhase::Waiting(0), tries: 0, unanswered: 0 }
    }

    /// A request that an earlier page may have sent.
    pub(super) fn restored() -> Self {
        Self { unanswered: 1, ..Self::new() }
    }

    /// Whether it is ready to be sent.
    pub(super) fn is_due(&self, now: u64) -> bool {
        matches!(self.phase, RetryPhase::Waiting(until) if now >= until)
    }

    /// Whether it is in flight.
    pub(super) fn is_in_flight(&self) -> bool {
        matches!(self.phase, RetryPhase::InFlight(_))
    }

    /// Whether it was sent at least once and may have reached the server.
    pub(super) fn may_be_delivered(&self) -> bool {
        self.unanswered > 0
    }

    /// Whether its confirmation has timed out.
    pub(super) fn is_overdue(&self, now: u64) -> bool {
        matches!(self.phase, RetryPhase::InFlight(at) if now >= at + CONFIRM_MS)
    }

    /// Records that it is sent.
    pub(super) fn start_attempt(&mut self, now: u64) {
        self.phase = RetryPhase::InFlight(now);
        self.tries += 1;
        self.unanswered += 1;
    }

    /// Counts an attempt of a part that does not send the request itself.
    pub(super) fn count_attempt(&mut self) {
        self.tries += 1;
    }

    /// The server refused it for now. That does not count as an attempt.
    pub(super) fn postpone(&mut self) {
        if self.is_in_flight() {
            self.unanswered -= 1;
            self.requeue();
        }
    }

    /// The socket that carried it is lost. That does not count as an attempt.
    pub(super) fn requeue(&mut self) {
        self.phase = RetryPhase::Waiting(0);
        self.tries -= 1;
    }

    /// Waits for a retry after `now`, or fails for `reason` when all attempts are used.
    ///
    /// A request that failed stays so: this may be the late answer to another attempt of it, while a retry is up to the visitor.
    pub(super) fn retry_later(&mut self, now: u64, reason: &str) {
        if matches!(self.phase, RetryPhase::Failed(_)) {
            return;
        }
        self.phase = if self.tries >= TRIES {
            RetryPhase::Failed(reason.into())
        } else {
            RetryPhase::Waiting(now + PAUSE_MS * u64::from(self.tries))
        };
    }

    /// The server answered with an error at `now`.
    pub(super) fn on_error(&mut self, code: ErrorCode, now: u64, reason: &str) {
        match code {
            // The socket is unknown to the server. Nothing is wrong with the request: it goes out on the next socket.
            ErrorCode::NotConnected | ErrorCode::OtherRoom => {}
            ErrorCode::TooFast => self.postpone(),
            ErrorCode::Unavailable => self.retry_later(now, reason),
            _ => self.phase = RetryPhase::Failed(reason.into()),
        }
    }

    /// Allows all attempts again.
    pub(super) fn reset(&mut self) {
        *self = Self { unanswered: self.unanswered, ..Self::new() };
    }

    /// A part is done; the next part has its own attempts.
    pub(super) fn reset_tries(&mut self) {
        self.tries = 0;
    }
}
