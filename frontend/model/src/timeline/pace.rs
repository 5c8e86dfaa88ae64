//! How fast the visitor may go on: what the server asked to wait with, and the slow mode of the room.

use shared_types::RoomRules;

use super::{
    Timeline,
    own::{Own, Upload},
    trial::Fate,
};

/// How long is waited where the server says "too fast" and not for how long, in seconds.
const UNSAID: u32 = 1;

/// What goes out at its own pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Message,
    /// An edit or a deletion.
    Edit,
    Reaction,
    Upload,
}

/// Until when nothing of a kind goes out, in milliseconds.
#[derive(Debug, Default)]
pub(super) struct Pace {
    until: [u64; 4],
    /// When a message of the visitor was heard of last: slow mode counts from there.
    spoke: Option<u64>,
}

impl Pace {
    /// The server wants no more of this for so many seconds.
    pub(super) fn rest(&mut self, kind: Kind, now: u64, seconds: Option<u32>) {
        self.until[kind as usize] = end_of_rest(now, seconds);
    }

    /// Whether something of this may go out.
    pub(super) fn allows(&self, kind: Kind, now: u64) -> bool {
        now >= self.until[kind as usize]
    }

    /// A message of the visitor is stored.
    pub(super) fn speak(&mut self, now: u64) {
        self.spoke = Some(now);
    }

    /// Something else holds in the room: what waited may be said at once, and the server knows whether it may.
    pub(super) fn renew(&mut self) {
        self.until[Kind::Message as usize] = 0;
    }
}

impl Timeline {
    /// When the next message may go out: in a slow room one follows the other after a while, but for moderators.
    pub(super) fn next_turn(&self) -> u64 {
        let slow = if self.me.moderator { 0 } else { u64::from(self.rules.slow) * 1000 };
        let turn = self.pace.spoke.filter(|_| slow > 0).map_or(0, |spoke| spoke + slow);
        turn.max(self.pace.until[Kind::Message as usize])
    }

    /// What holds in the room.
    pub fn rules(&self) -> RoomRules {
        self.rules
    }

    /// In how many seconds what the visitor wrote goes out by itself; none while nothing waits for that.
    pub fn goes_out_in(&self, now: u64) -> Option<u32> {
        let waits = |own: &Own| matches!(own.trial.fate, Fate::Waiting(_));
        let message = self.own.iter().any(|own| waits(own) && own.upload == Upload::Done).then(|| self.next_turn());
        let image = self.own.iter().any(|own| waits(own) && own.upload == Upload::Wanted);
        let image = image.then(|| self.pace.until[Kind::Upload as usize]);
        seconds_until(message.max(image)?, now)
    }

    /// In how many seconds the visitor may say something more; none when they may at once.
    pub fn may_speak_in(&self, now: u64) -> Option<u32> {
        seconds_until(self.next_turn(), now)
    }
}

/// Until when nothing more is to be said, where the server wants that for so many seconds.
pub(super) fn end_of_rest(now: u64, seconds: Option<u32>) -> u64 {
    now + u64::from(seconds.unwrap_or(UNSAID)) * 1000
}

fn seconds_until(then: u64, now: u64) -> Option<u32> {
    (then > now).then(|| u32::try_from((then - now).div_ceil(1000)).unwrap_or(u32::MAX))
}
