//! Having everything deleted that the visitor wrote: it takes many questions, and goes on over lost sockets. No DOM, no socket.

use shared_types::ClientMessage;

/// How long an answer may take before it is asked again, in milliseconds: a part of it takes the server up to 10 s.
const ANSWER_MS: u64 = 15_000;

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Forgetting {
    /// Nobody wants it.
    #[default]
    No,
    /// So many messages are gone; the next question is due at this time.
    Running { gone: u32, due: u64 },
    /// The server did not do it. So many messages are gone.
    Failed { gone: u32 },
    /// Nothing is left.
    Done { gone: u32 },
}

impl Forgetting {
    /// How many messages are gone.
    pub(crate) fn gone(self) -> u32 {
        match self {
            Self::No => 0,
            Self::Running { gone, .. } | Self::Failed { gone } | Self::Done { gone } => gone,
        }
    }

    /// The visitor wants it, again or for the first time.
    pub(crate) fn begin(&mut self) {
        if !matches!(self, Self::Running { .. } | Self::Done { .. }) {
            *self = Self::Running { gone: self.gone(), due: 0 };
        }
    }

    /// The visitor does not want it any more, or cannot have it. What is gone stays gone.
    pub(crate) fn stop(&mut self) {
        if let Self::Running { .. } = self {
            *self = Self::No;
        }
    }

    /// What to ask now that there is a socket.
    pub(crate) fn question(&mut self, now: u64) -> Option<ClientMessage> {
        let Self::Running { due, .. } = self else { return None };
        if now < *due {
            return None;
        }
        *due = now + ANSWER_MS;
        Some(ClientMessage::Forget)
    }

    /// So many messages more are gone; `more` tells whether something is left.
    pub(crate) fn hear(&mut self, count: u32, more: bool) {
        if let Self::Running { gone, due } = *self {
            let gone = gone.saturating_add(count);
            // Where nothing went, what is left is a message that may still be under way: it takes its time.
            let due = if count > 0 { 0 } else { due };
            *self = if more { Self::Running { gone, due } } else { Self::Done { gone } };
        }
    }

    /// The server refused, and said after how many seconds it may be asked again, where that helps.
    pub(crate) fn refuse(&mut self, now: u64, retry_after: Option<u32>) {
        if let Self::Running { gone, .. } = *self {
            *self = match retry_after {
                Some(seconds) => Self::Running { gone, due: now + u64::from(seconds) * 1000 },
                None => Self::Failed { gone },
            };
        }
    }

    /// The socket is gone, and the answer with it.
    pub(crate) fn disconnected(&mut self) {
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
        assert_eq!(Forgetting::default().question(1), None);
    }

    #[test]
    fn it_is_asked_until_nothing_is_left_and_counted() {
        let mut forgetting = begun();
        assert_eq!(forgetting.question(1), Some(ClientMessage::Forget));
        assert_eq!(forgetting.question(2), None, "one question at a time");
        forgetting.hear(25, true);
        assert_eq!(forgetting.question(3), Some(ClientMessage::Forget));
        forgetting.hear(3, false);
        assert_eq!(forgetting, Forgetting::Done { gone: 28 });
        forgetting.begin();
        assert_eq!(forgetting.question(4), None);
    }

    #[test]
    fn what_is_stopped_is_not_asked_for_any_more_and_what_is_done_cannot_be_stopped() {
        let mut forgetting = begun();
        assert!(forgetting.question(1).is_some());
        forgetting.stop();
        forgetting.hear(3, true);
        assert_eq!((forgetting, forgetting.question(60_000)), (Forgetting::No, None));
        let mut done = Forgetting::Done { gone: 3 };
        done.stop();
        assert_eq!(done, Forgetting::Done { gone: 3 });
    }

    #[test]
    fn what_is_still_under_way_is_not_asked_about_without_a_pause() {
        let mut forgetting = begun();
        assert!(forgetting.question(1).is_some());
        forgetting.hear(0, true);
        assert_eq!(forgetting.question(ANSWER_MS), None);
        assert!(forgetting.question(1 + ANSWER_MS).is_some());
    }

    #[test]
    fn a_lost_socket_or_answer_is_asked_for_again() {
        let mut forgetting = begun();
        assert!(forgetting.question(1).is_some());
        forgetting.disconnected();
        assert!(forgetting.question(2).is_some());
        assert!(forgetting.question(2 + ANSWER_MS - 1).is_none());
        assert!(forgetting.question(2 + ANSWER_MS).is_some());
    }

    #[test]
    fn too_fast_is_waited_for_and_any_other_refusal_ends_it_until_it_is_wanted_again() {
        let mut forgetting = begun();
        assert!(forgetting.question(0).is_some());
        forgetting.hear(25, true);
        forgetting.refuse(1_000, Some(2));
        assert!(forgetting.question(2_999).is_none());
        assert!(forgetting.question(3_000).is_some());
        forgetting.refuse(3_001, None);
        assert_eq!(forgetting, Forgetting::Failed { gone: 25 });
        assert!(forgetting.question(60_000).is_none());
        forgetting.begin();
        assert!(forgetting.question(60_001).is_some());
        assert_eq!(forgetting.gone(), 25);
    }
}
