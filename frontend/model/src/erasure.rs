//! Having everything deleted that somebody wrote: the visitor, or whoever a moderator says. It takes many questions, and goes
//! on over lost sockets. No DOM, no socket.

/// How long an answer may take before it is asked again, in milliseconds: a part of it takes the server up to 10 s.
const ANSWER_MS: u64 = 15_000;

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Erasure {
    /// Nobody wants it.
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
    /// No message is left.
    Done {
        /// Number of messages deleted.
        erased: u32,
    },
}

impl Erasure {
    /// How many messages are gone.
    pub fn erased(self) -> u32 {
        match self {
            Self::Idle => 0,
            Self::Running { erased, .. } | Self::Failed { erased } | Self::Done { erased } => erased,
        }
    }

    /// Somebody wants it, again or for the first time.
    pub fn start(&mut self) {
        if !matches!(self, Self::Running { .. } | Self::Done { .. }) {
            *self = Self::Running { erased: self.erased(), due: 0 };
        }
    }

    /// The visitor does not want it any more, or cannot have it. What is gone stays gone.
    pub fn stop(&mut self) {
        if let Self::Running { .. } = self {
            *self = Self::Idle;
        }
    }

    /// Whether it is to be asked now that there is a socket. Then the answer is awaited.
    pub fn take_due(&mut self, now: u64) -> bool {
        let Self::Running { due, .. } = self else { return false };
        let is_due = now >= *due;
        if is_due {
            *due = now + ANSWER_MS;
        }
        is_due
    }

    /// So many messages more are gone; `more` tells whether something is left.
    pub fn on_progress(&mut self, count: u32, more: bool) {
        if let Self::Running { erased, due } = *self {
            let erased = erased.saturating_add(count);
            // Where nothing went, what is left is a message that may still be under way: it takes its time.
            let due = if count > 0 { 0 } else { due };
            *self = if more { Self::Running { erased, due } } else { Self::Done { erased } };
        }
    }

    /// The server refused, and said after how many seconds it may be asked again, where that helps.
    pub fn on_error(&mut self, now: u64, retry_after: Option<u32>) {
        if let Self::Running { erased, .. } = *self {
            *self = match retry_after {
                Some(seconds) => Self::Running { erased, due: now + u64::from(seconds) * 1000 },
                None => Self::Failed { erased },
            };
        }
    }

    /// The socket is gone, and the answer with it.
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
    fn nothing_is_deleted_before_somebody_wants_it() {
        assert!(!Erasure::default().take_due(1));
    }

    #[test]
    fn it_is_asked_until_nothing_is_left_and_counted() {
        let mut erasure = started();
        assert!(erasure.take_due(1));
        assert!(!erasure.take_due(2), "one question at a time");
        erasure.on_progress(25, true);
        assert!(erasure.take_due(3));
        erasure.on_progress(3, false);
        assert_eq!(erasure, Erasure::Done { erased: 28 });
        erasure.start();
        assert!(!erasure.take_due(4));
    }

    #[test]
    fn what_is_stopped_is_not_asked_for_any_more_and_what_is_done_cannot_be_stopped() {
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
    fn what_is_still_under_way_is_not_asked_about_without_a_pause() {
        let mut erasure = started();
        assert!(erasure.take_due(1));
        erasure.on_progress(0, true);
        assert!(!erasure.take_due(ANSWER_MS));
        assert!(erasure.take_due(1 + ANSWER_MS));
    }

    #[test]
    fn a_lost_socket_or_answer_is_asked_for_again() {
        let mut erasure = started();
        assert!(erasure.take_due(1));
        erasure.on_disconnect();
        assert!(erasure.take_due(2));
        assert!(!erasure.take_due(2 + ANSWER_MS - 1));
        assert!(erasure.take_due(2 + ANSWER_MS));
    }

    #[test]
    fn too_fast_is_waited_for_and_any_other_refusal_ends_it_until_it_is_wanted_again() {
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
