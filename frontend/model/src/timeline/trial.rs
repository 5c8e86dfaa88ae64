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
    /// How often it went out without the answer that it was not taken.
    astray: u32,
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
        Self { fate: Fate::Waiting(0), tries: 0, astray: 0 }
    }

    /// Something that may have been tried on an earlier page.
    pub(super) fn old() -> Self {
        Self { astray: 1, ..Self::new() }
    }

    /// Whether it waits for nothing but a socket and its turn.
    pub(super) fn is_due(&self, now: u64) -> bool {
        matches!(self.fate, Fate::Waiting(until) if now >= until)
    }

    /// Whether it is on a socket.
    pub(super) fn is_handed(&self) -> bool {
        matches!(self.fate, Fate::Handed(_))
    }

    /// Whether it is on a socket or was: then it may reach the server whatever became of that socket.
    pub(super) fn has_begun(&self) -> bool {
        self.astray > 0
    }

    /// Whether its confirmation is late.
    pub(super) fn is_late(&self, now: u64) -> bool {
        matches!(self.fate, Fate::Handed(at) if now >= at + CONFIRM_MS)
    }

    /// It goes out on a socket.
    pub(super) fn hand(&mut self, now: u64) {
        self.fate = Fate::Handed(now);
        self.tries += 1;
        self.astray += 1;
    }

    /// One more try was begun, of a part that does not hand it over.
    pub(super) fn count(&mut self) {
        self.tries += 1;
    }

    /// The server did not take it this time, and nothing of it is there: that was no try.
    pub(super) fn put_off(&mut self) {
        if self.is_handed() {
            self.astray -= 1;
            self.give_back();
        }
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
        *self = Self { astray: self.astray, ..Self::new() };
    }

    /// A part of it is done, and the next one has tries of its own.
    pub(super) fn renew_tries(&mut self) {
        self.tries = 0;
    }
}
