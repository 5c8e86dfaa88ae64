//! Getting something through: when it waits, when it was handed over, and when it was tried often enough.

/// How long something may wait for its confirmation while the socket is live, in milliseconds.
pub const CONFIRM_MS: u64 = 15_000;

/// How often something is sent before it has failed: an outage of 10 s (1 + 2 + 3 + 4 s of pauses) is passed over. Lost
/// sockets do not count.
pub const TRIES: u32 = 5;

/// The pause before another try when the server could not do it, in milliseconds, times the tries so far.
const PAUSE_MS: u64 = 1_000;

/// Something that is to reach the server.
#[derive(Debug)]
pub(super) struct RetryState {
    pub(super) phase: RetryPhase,
    tries: u32,
    /// How often it went out without the answer that it was not taken.
    unanswered: u32,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum RetryPhase {
    /// It waits for a socket, its turn, and this time.
    Waiting(u64),
    /// It was handed to the socket at this time.
    InFlight(u64),
    /// It will not be sent again by itself, for this reason.
    Failed(String),
}

impl RetryState {
    /// Something that was not tried yet.
    pub(super) fn new() -> Self {
        Self { phase: RetryPhase::Waiting(0), tries: 0, unanswered: 0 }
    }

    /// Something that may have been tried on an earlier page.
    pub(super) fn restored() -> Self {
        Self { unanswered: 1, ..Self::new() }
    }

    /// Whether it waits for nothing but a socket and its turn.
    pub(super) fn is_due(&self, now: u64) -> bool {
        matches!(self.phase, RetryPhase::Waiting(until) if now >= until)
    }

    /// Whether it is on a socket.
    pub(super) fn is_in_flight(&self) -> bool {
        matches!(self.phase, RetryPhase::InFlight(_))
    }

    /// Whether it is on a socket or was: then it may reach the server whatever became of that socket.
    pub(super) fn may_be_delivered(&self) -> bool {
        self.unanswered > 0
    }

    /// Whether its confirmation is late.
    pub(super) fn is_overdue(&self, now: u64) -> bool {
        matches!(self.phase, RetryPhase::InFlight(at) if now >= at + CONFIRM_MS)
    }

    /// It goes out on a socket.
    pub(super) fn start_attempt(&mut self, now: u64) {
        self.phase = RetryPhase::InFlight(now);
        self.tries += 1;
        self.unanswered += 1;
    }

    /// One more try was begun, of a part that does not hand it over.
    pub(super) fn count_attempt(&mut self) {
        self.tries += 1;
    }

    /// The server did not take it this time, and nothing of it is there: that was no try.
    pub(super) fn postpone(&mut self) {
        if self.is_in_flight() {
            self.unanswered -= 1;
            self.requeue();
        }
    }

    /// The socket is gone that carried it: that was no try.
    pub(super) fn requeue(&mut self) {
        self.phase = RetryPhase::Waiting(0);
        self.tries -= 1;
    }

    /// Lets it wait for another try at `now`, or fail for `reason` when there were enough.
    pub(super) fn retry_later(&mut self, now: u64, reason: &str) {
        self.phase = if self.tries >= TRIES {
            RetryPhase::Failed(reason.into())
        } else {
            RetryPhase::Waiting(now + PAUSE_MS * u64::from(self.tries))
        };
    }

    /// All tries are open again.
    pub(super) fn reset(&mut self) {
        *self = Self { unanswered: self.unanswered, ..Self::new() };
    }

    /// A part of it is done, and the next one has tries of its own.
    pub(super) fn reset_tries(&mut self) {
        self.tries = 0;
    }
}
