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
pub(super) struct Trial {
    pub(super) fate: Fate,
    tries: u32,
    begun: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It waits for a socket, its turn, and this time.
    Waiting(u64),
    /// It was handed to the socket at this time.
    Handed(u64),
    /// It will not be sent again by itself, for this reason.
    Failed(String),
}

impl Trial {
    /// Something that was not tried yet.
    pub(super) fn new() -> Self {
        Self { fate: Fate::Waiting(0), tries: 0, begun: false }
    }

    /// Whether it waits for nothing but a socket and its turn.
    pub(super) fn is_due(&self, now: u64) -> bool {
        matches!(self.fate, Fate::Waiting(until) if now >= until)
    }

    /// Whether it is on a socket.
    pub(super) fn is_handed(&self) -> bool {
        matches!(self.fate, Fate::Handed(_))
    }

    /// Whether it was ever on a socket: then it may reach the server whatever became of that socket.
    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    /// Whether its confirmation is late.
    pub(super) fn is_late(&self, now: u64) -> bool {
        matches!(self.fate, Fate::Handed(at) if now >= at + CONFIRM_MS)
    }

    /// It goes out on a socket.
    pub(super) fn hand(&mut self, now: u64) {
        self.fate = Fate::Handed(now);
        self.tries += 1;
        self.begun = true;
    }

    /// One more try was begun, of a part that does not hand it over.
    pub(super) fn count(&mut self) {
        self.tries += 1;
    }

    /// The socket is gone that carried it: that was no try.
    pub(super) fn give_back(&mut self) {
        self.fate = Fate::Waiting(0);
        self.tries -= 1;
    }

    /// Lets it wait for another try at `now`, or fail for `reason` when there were enough.
    pub(super) fn try_again(&mut self, now: u64, reason: &str) {
        self.fate = if self.tries >= TRIES {
            Fate::Failed(reason.into())
        } else {
            Fate::Waiting(now + PAUSE_MS * u64::from(self.tries))
        };
    }

    /// All tries are open again.
    pub(super) fn renew(&mut self) {
        *self = Self::new();
    }

    /// A part of it is done, and the next one has tries of its own.
    pub(super) fn renew_tries(&mut self) {
        self.tries = 0;
    }
}
