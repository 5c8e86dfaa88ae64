//! Having everything deleted that somebody wrote: the visitor, or whoever a moderator says. It takes many questions, and goes
//! on over lost sockets. No DOM, no socket.

/// How long an answer may take before it is asked again, in milliseconds: a part of it takes the server up to 10 s.
const ANSWER_MS: u64 = 15_000;

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Forgetting {
    /// Nobody wants it.
    #[default]
    No,
    /// The server is deleting the messages, a part with each request.
    Running {
        /// Number of messages deleted so far.
        gone: u32,
        /// When the next request is due, in milliseconds.
        due: u64,
    },
    /// The server refused to continue.
    Failed {
        /// Number of messages deleted so far.
        gone: u32,
    },
    /// No message is left.
    Done {
        /// Number of messages deleted.
        gone: u32,
    },
}

impl Forgetting {
    /// How many messages are gone.
    pub fn gone(self) -> u32 {
        match self {
            Self::No => 0,
            Self::Running { gone, .. } | Self::Failed { gone } | Self::Done { gone } => gone,
        }
    }

    /// Somebody wants it, again or for the first time.
    pub fn begin(&mut self) {
        if !matches!(self, Self::Running { .. } | Self::Done { .. }) {
            *self = Self::Running { gone: self.gone(), due: 0 };
        }
    }

    /// The visitor does not want it any more, or cannot have it. What is gone stays gone.
    pub fn stop(&mut self) {
        if let Self::Running { .. } = self {
            *self = Self::No;
        }
    }

    /// Whether it is to be asked now that there is a socket. Then the answer is awaited.
    pub fn asks(&mut self, now: u64) -> bool {
        let Self::Running { due, .. } = self else { return false };
        let is_due = now >= *due;
        if is_due {
            *due = now + ANSWER_MS;
        }
        is_due
    }

    /// So many messages more are gone; `more` tells whether something is left.
    pub fn hear(&mut self, count: u32, more: bool) {
        if let Self::Running { gone, due } = *self {
            let gone = gone.saturating_add(count);
            // Where nothing went, what is left is a message that may still be under way: it takes its time.
            let due = if count > 0 { 0 } else { due };
            *self = if more { Self::Running { gone, due } } else { Self::Done { gone } };
        }
    }

    /// The server refused, and said after how many seconds it may be asked again, where that helps.
    pub fn refuse(&mut self, now: u64, retry_after: Option<u32>) {
        if let Self::Running { gone, .. } = *self {
            *self = match retry_after {
                Some(seconds) => Self::Running { gone, due: now + u64::from(seconds) * 1000 },
                None => Self::Failed { gone },
            };
        }
    }

    /// The socket is gone, and the answer with it.
    pub fn disconnected(&mut self) {
        if let Self::Running { due, .. } = self {
            *due = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> Forgetting {
        let mut forgetting = Forgetting::default();
        forgetting.begin();
        forgetting
    }

    #[test]
    fn nothing_is_deleted_before_somebody_wants_it() {
        assert!(!Forgetting::default().asks(1));
    }

    #[test]
    fn it_is_asked_until_nothing_is_left_and_counted() {
        let mut forgetting = begun();
        assert!(forgetting.asks(1));
        assert!(!forgetting.asks(2), "one question at a time");
        forgetting.hear(25, true);
        assert!(forgetting.asks(3));
        forgetting.hear(3, false);
        assert_eq!(forgetting, Forgetting::Done { gone: 28 });
        forgetting.begin();
        assert!(!forgetting.asks(4));
    }

    #[test]
    fn what_is_stopped_is_not_asked_for_any_more_and_what_is_done_cannot_be_stopped() {
        let mut forgetting = begun();
        assert!(forgetting.asks(1));
        forgetting.stop();
        forgetting.hear(3, true);
        assert!(!forgetting.asks(60_000));
        assert_eq!(forgetting, Forgetting::No);
        let mut done = Forgetting::Done { gone: 3 };
        done.stop();
        assert_eq!(done, Forgetting::Done { gone: 3 });
    }

    #[test]
    fn what_is_still_under_way_is_not_asked_about_without_a_pause() {
        let mut forgetting = begun();
        assert!(forgetting.asks(1));
        forgetting.hear(0, true);
        assert!(!forgetting.asks(ANSWER_MS));
        assert!(forgetting.asks(1 + ANSWER_MS));
    }

    #[test]
    fn a_lost_socket_or_answer_is_asked_for_again() {
        let mut forgetting = begun();
        assert!(forgetting.asks(1));
        forgetting.disconnected();
        assert!(forgetting.asks(2));
        assert!(!forgetting.asks(2 + ANSWER_MS - 1));
        assert!(forgetting.asks(2 + ANSWER_MS));
    }

    #[test]
    fn too_fast_is_waited_for_and_any_other_refusal_ends_it_until_it_is_wanted_again() {
        let mut forgetting = begun();
        assert!(forgetting.asks(0));
        forgetting.hear(25, true);
        forgetting.refuse(1_000, Some(2));
        assert!(!forgetting.asks(2_999));
        assert!(forgetting.asks(3_000));
        forgetting.refuse(3_001, None);
        assert_eq!(forgetting, Forgetting::Failed { gone: 25 });
        assert!(!forgetting.asks(60_000));
        forgetting.begin();
        assert!(forgetting.asks(60_001));
        assert_eq!(forgetting.gone(), 25);
    }
}
