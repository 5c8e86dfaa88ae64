//! Deletes all messages of a person: the visitor's own, or those of a person that a moderator purges. It takes many
//! requests and continues after lost sockets.

/// Timeout of a request, in milliseconds. The server takes up to 10 s for each part.
const ANSWER_MS: u64 = 15_000;

/// The progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Erasure {
    /// Not started.
    #[default]
    Idle,
    /// The server is deleting the messages, a part with each request.
    Running {
        /// Number of messages deleted so far.
        erased: u32,
        /// When the next request is due, in milliseconds.
        due: u64,
    },
    /// The server refused to continue.
    Failed {
        /// Number of messages deleted so far.
        erased: u32,
    },
    /// The server refused: the visitor is the only owner of the chat.
    LastOwner,
    /// No message is left.
    Done {
        /// Number of messages deleted.
        erased: u32,
    },
}

impl Erasure {
    /// Number of messages deleted so far.
    pub fn erased(self) -> u32 {
        match self {
            Self::Idle | Self::LastOwner => 0,
            Self::Running { erased, .. } | Self::Failed { erased } | Self::Done { erased } => erased,
        }
    }

    /// Starts or restarts.
    pub fn start(&mut self) {
        if !matches!(self, Self::Running { .. } | Self::Done { .. }) {
            *self = Self::Running { erased: self.erased(), due: 0 };
        }
    }

    /// Stops. Deleted messages stay deleted.
    pub fn stop(&mut self) {
        if let Self::Running { .. } = self {
            *self = Self::Idle;
        }
    }

    /// Whether a request is due. If so, it counts as sent.
    pub fn take_due(&mut self, now: u64) -> bool {
        let Self::Running { due, .. } = self else { return false };
        let is_due = now >= *due;
        if is_due {
            *due = now + ANSWER_MS;
        }
        is_due
    }

    /// The server deleted `count` messages; `more` tells whether some are left.
    pub fn on_progress(&mut self, count: u32, more: bool) {
        if let Self::Running { erased, due } = *self {
            let erased = erased.saturating_add(count);
            // If nothing was deleted, a message may still be in flight: the next request waits.
            let due = if count > 0 { 0 } else { due };
            *self = if more { Self::Running { erased, due } } else { Self::Done { erased } };
        }
    }

    /// The server answered with an error. With `retry_after`, the request is repeated after so many seconds.
    pub fn on_error(&mut self, now: u64, retry_after: Option<u32>) {
        if let Self::Running { erased, .. } = *self {
            *self = match retry_after {
                Some(seconds) => Self::Running { erased, due: now + u64::from(seconds) * 1000 },
                None => Self::Failed { erased },
            };
        }
    }

    /// The server refused, because the visitor is the only owner of the chat.
    pub fn on_last_owner(&mut self) {
        if let Self::Running { .. } = self {
            *self = Self::LastOwner;
        }
    }

    /// The socket is lost: the request is repeated.
    pub fn on_disconnect(&mut self) {
        if let Self::Running { due, .. } = self {
            *due = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started() -> Erasure {
        let mut erasure = Erasure::default();
        erasure.start();
        erasure
    }

    #[test]
    fn erasure_does_nothing_before_it_starts() {
        assert!(!Erasure::default().take_due(1));
    }

    #[test]
    fn the_only_owner_can_try_again_with_another_one() {
        let mut erasure = Erasure::default();
        erasure.on_last_owner();
        assert_eq!(erasure, Erasure::Idle);
        erasure.start();
        erasure.on_last_owner();
        assert_eq!((erasure, erasure.erased()), (Erasure::LastOwner, 0));
        erasure.start();
        assert!(erasure.take_due(1));
    }

    #[test]
    fn erasure_repeats_until_nothing_is_left() {
        let mut erasure = started();
        assert!(erasure.take_due(1));
        assert!(!erasure.take_due(2), "one request at a time");
        erasure.on_progress(25, true);
        assert!(erasure.take_due(3));
        erasure.on_progress(3, false);
        assert_eq!(erasure, Erasure::Done { erased: 28 });
        erasure.start();
        assert!(!erasure.take_due(4));
    }

    #[test]
    fn stopping_erasure_ends_its_requests() {
        let mut erasure = started();
        assert!(erasure.take_due(1));
        erasure.stop();
        erasure.on_progress(3, true);
        assert!(!erasure.take_due(60_000));
        assert_eq!(erasure, Erasure::Idle);
        let mut done = Erasure::Done { erased: 3 };
        done.stop();
        assert_eq!(done, Erasure::Done { erased: 3 });
    }

    #[test]
    fn erasure_without_progress_pauses() {
        let mut erasure = started();
        assert!(erasure.take_due(1));
        erasure.on_progress(0, true);
        assert!(!erasure.take_due(ANSWER_MS));
        assert!(erasure.take_due(1 + ANSWER_MS));
    }

    #[test]
    fn erasure_is_repeated_after_a_lost_socket_or_timeout() {
        let mut erasure = started();
        assert!(erasure.take_due(1));
        erasure.on_disconnect();
        assert!(erasure.take_due(2));
        assert!(!erasure.take_due(2 + ANSWER_MS - 1));
        assert!(erasure.take_due(2 + ANSWER_MS));
    }

    #[test]
    fn erasure_waits_for_rate_limits_and_fails_otherwise() {
        let mut erasure = started();
        assert!(erasure.take_due(0));
        erasure.on_progress(25, true);
        erasure.on_error(1_000, Some(2));
        assert!(!erasure.take_due(2_999));
        assert!(erasure.take_due(3_000));
        erasure.on_error(3_001, None);
        assert_eq!(erasure, Erasure::Failed { erased: 25 });
        assert!(!erasure.take_due(60_000));
        erasure.start();
        assert!(erasure.take_due(60_001));
        assert_eq!(erasure.erased(), 25);
    }
}
