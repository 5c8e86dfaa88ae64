//! When the visitor may send again: rate limits of the server, and slow mode of the room.

use shared_types::RoomRules;

use super::{
    Timeline,
    outgoing::{OutgoingMessage, Upload},
    retry_state::RetryPhase,
};

/// Pause after a rate limit without a time, in seconds.
const DEFAULT_PAUSE_SECONDS: u32 = 1;

/// What has a rate limit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LimitKind {
    Message,
    /// An edit or a deletion.
    Edit,
    Reaction,
    Upload,
}

/// Until when each kind is blocked, in milliseconds.
#[derive(Debug, Default)]
pub(super) struct SendLimits {
    until: [u64; 4],
    /// When the visitor's last message was stored. Slow mode counts from there.
    last_own_message_at: Option<u64>,
}

impl SendLimits {
    /// The server rate-limits this kind for so many seconds.
    pub(super) fn block(&mut self, kind: LimitKind, now: u64, seconds: Option<u32>) {
        self.until[kind as usize] = blocked_until(now, seconds);
    }

    /// No kind may be sent for so many seconds.
    pub(super) fn block_all(&mut self, now: u64, seconds: u32) {
        self.until = self.until.map(|until| until.max(blocked_until(now, Some(seconds))));
    }

    /// Whether this kind may be sent.
    pub(super) fn allows(&self, kind: LimitKind, now: u64) -> bool {
        now >= self.until[kind as usize]
    }

    /// A message of the visitor was stored.
    pub(super) fn on_own_message(&mut self, now: u64) {
        self.last_own_message_at = Some(now);
    }

    /// The rules changed: waiting messages are sent at once, and the server decides.
    pub(super) fn reset(&mut self) {
        self.until[LimitKind::Message as usize] = 0;
    }
}

impl Timeline {
    /// When the next message may be sent. Slow mode does not apply to moderators.
    pub(super) fn next_slot(&self) -> u64 {
        let slow = if self.me.moderator { 0 } else { u64::from(self.rules.slow) * 1000 };
        let slot = self
            .send_limits
            .last_own_message_at
            .filter(|_| slow > 0)
            .map_or(0, |last_own_message_at| last_own_message_at + slow);
        slot.max(self.send_limits.until[LimitKind::Message as usize])
    }

    /// The rules of the room.
    pub fn rules(&self) -> RoomRules {
        self.rules
    }

    /// In how many seconds a waiting message or image is sent. `None` if nothing waits for that.
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

    /// In how many seconds the visitor may send the next message. `None` if they may now.
    pub fn seconds_until_next_message(&self, now: u64) -> Option<u32> {
        seconds_until(self.next_slot(), now)
    }
}

/// When a block of so many seconds ends.
pub(super) fn blocked_until(now: u64, seconds: Option<u32>) -> u64 {
    now + u64::from(seconds.unwrap_or(DEFAULT_PAUSE_SECONDS)) * 1000
}

fn seconds_until(then: u64, now: u64) -> Option<u32> {
    (then > now).then(|| u32::try_from((then - now).div_ceil(1000)).unwrap_or(u32::MAX))
}
