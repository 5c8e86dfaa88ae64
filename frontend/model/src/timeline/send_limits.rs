//! How fast the visitor may go on: what the server asked to wait with, and the slow mode of the room.

use shared_types::RoomRules;

use super::{
    Timeline,
    outgoing::{OutgoingMessage, Upload},
    retry_state::RetryPhase,
};

/// How long is waited where the server says "too fast" and not for how long, in seconds.
const DEFAULT_PAUSE_SECONDS: u32 = 1;

/// What goes out at its own pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LimitKind {
    Message,
    /// An edit or a deletion.
    Edit,
    Reaction,
    Upload,
}

/// Until when nothing of a kind goes out, in milliseconds.
#[derive(Debug, Default)]
pub(super) struct SendLimits {
    until: [u64; 4],
    /// When a message of the visitor was heard of last: slow mode counts from there.
    last_own_message_at: Option<u64>,
}

impl SendLimits {
    /// The server wants no more of this for so many seconds.
    pub(super) fn block(&mut self, kind: LimitKind, now: u64, seconds: Option<u32>) {
        self.until[kind as usize] = blocked_until(now, seconds);
    }

    /// Whether something of this may go out.
    pub(super) fn allows(&self, kind: LimitKind, now: u64) -> bool {
        now >= self.until[kind as usize]
    }

    /// A message of the visitor is stored.
    pub(super) fn on_own_message(&mut self, now: u64) {
        self.last_own_message_at = Some(now);
    }

    /// Something else holds in the room: what waited may be said at once, and the server knows whether it may.
    pub(super) fn reset(&mut self) {
        self.until[LimitKind::Message as usize] = 0;
    }
}

impl Timeline {
    /// When the next message may go out: in a slow room one follows the other after a while, but for moderators.
    pub(super) fn next_slot(&self) -> u64 {
        let slow = if self.me.moderator { 0 } else { u64::from(self.rules.slow) * 1000 };
        let slot = self
            .send_limits
            .last_own_message_at
            .filter(|_| slow > 0)
            .map_or(0, |last_own_message_at| last_own_message_at + slow);
        slot.max(self.send_limits.until[LimitKind::Message as usize])
    }

    /// What holds in the room.
    pub fn rules(&self) -> RoomRules {
        self.rules
    }

    /// In how many seconds what the visitor wrote goes out by itself; none while nothing waits for that.
    pub fn seconds_until_sent(&self, now: u64) -> Option<u32> {
        let waits = |outgoing: &OutgoingMessage| matches!(outgoing.retry.phase, RetryPhase::Waiting(_));
        let message = self
            .outgoing
            .iter()
            .any(|outgoing| waits(outgoing) && outgoing.upload == Upload::Done)
            .then(|| self.next_slot());
        let image = self.outgoing.iter().any(|outgoing| waits(outgoing) && outgoing.upload == Upload::NotStarted);
        let image = image.then(|| self.send_limits.until[LimitKind::Upload as usize]);
        seconds_until(message.max(image)?, now)
    }

    /// In how many seconds the visitor may say something more; none when they may at once.
    pub fn seconds_until_next_message(&self, now: u64) -> Option<u32> {
        seconds_until(self.next_slot(), now)
    }
}

/// Until when nothing more is to be said, where the server wants that for so many seconds.
pub(super) fn blocked_until(now: u64, seconds: Option<u32>) -> u64 {
    now + u64::from(seconds.unwrap_or(DEFAULT_PAUSE_SECONDS)) * 1000
}

fn seconds_until(then: u64, now: u64) -> Option<u32> {
    (then > now).then(|| u32::try_from((then - now).div_ceil(1000)).unwrap_or(u32::MAX))
}
