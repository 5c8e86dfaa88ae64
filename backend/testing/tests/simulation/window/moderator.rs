//! A moderator at random: mutes and bans people for a time, and lifts that.

use std::collections::BTreeMap;

use shared_types::{ClientMessage, PersonId, Seconds, ServerMessage};

use super::Window;
use crate::observations::RestrictionKind;

/// Time between two decisions about the same thing, in milliseconds: until then an attempt of the first may still be handled, and a
/// decision has no order of its own. A frame takes 3 s at most, and a handler 10 s.
const PAUSE_MS: u64 = 20_000;

/// Duration of a mute or a ban, in seconds. It is longer than the errors of two clocks, and ends before the schedule does.
const SECONDS: std::ops::Range<u64> = 12 * 60..20 * 60;

/// What a moderator decided.
#[derive(Default)]
pub(super) struct Moderator {
    /// The last decision about each person: when it was sent, and whether it imposes a restriction or lifts it.
    last: BTreeMap<(PersonId, RestrictionKind), Decision>,
    /// Whether everything is lifted after the faults. Otherwise it ends by itself.
    lifts: Option<bool>,
}

struct Decision {
    sent_at: u64,
    imposes: bool,
    is_acknowledged: bool,
}

impl Window {
    /// Mutes, bans or forgives somebody.
    pub(super) fn moderate(&mut self) {
        if self.moderator.is_none() {
            return;
        }
        let people = self.server.people();
        if people.is_empty() {
            return;
        }
        let person = people[self.server.pick(0..people.len() as u64) as usize].clone();
        let kind = if self.server.pick(0..2) == 0 { RestrictionKind::Mute } else { RestrictionKind::Ban };
        let imposes = self.server.pick(0..2) == 0;
        self.decide(person.clone(), kind, imposes);
        // Often both at once.
        let other = if kind == RestrictionKind::Mute { RestrictionKind::Ban } else { RestrictionKind::Mute };
        if self.server.pick(0..2) == 0 {
            self.decide(person, other, imposes);
        }
    }

    /// After the faults: lifts what was imposed, or leaves it to end by itself.
    pub(super) fn lift_restrictions(&mut self) {
        let Some(moderator) = &mut self.moderator else { return };
        let server = &self.server;
        if !*moderator.lifts.get_or_insert_with(|| server.pick(0..2) == 0) {
            return;
        }
        let is_open = |decision: &Decision| decision.imposes || !decision.is_acknowledged;
        let open: Vec<_> =
            moderator.last.iter().filter(|(_, last)| is_open(last)).map(|(about, _)| about.clone()).collect();
        open.into_iter().for_each(|(person, kind)| self.decide(person, kind, false));
    }

    fn decide(&mut self, person: PersonId, kind: RestrictionKind, imposes: bool) {
        let now = self.server.now();
        let seconds = if imposes { self.server.pick(SECONDS) } else { 0 };
        let Some(moderator) = &mut self.moderator else { return };
        let about = (person.clone(), kind);
        if moderator.last.get(&about).is_some_and(|last| now < last.sent_at + PAUSE_MS) {
            return;
        }
        let seconds = Seconds::try_from(seconds).unwrap();
        let command = match kind {
            RestrictionKind::Mute => ClientMessage::Mute { person: person.clone(), seconds },
            RestrictionKind::Ban => ClientMessage::Ban { person: person.clone(), seconds },
        };
        let effects = self.client.send_query(command);
        if effects.is_empty() {
            return;
        }
        moderator.last.insert(about, Decision { sent_at: now, imposes, is_acknowledged: false });
        if imposes {
            self.server.observations().on_imposing(&person, kind, now + u64::from(seconds.get()) * 1000);
        } else {
            self.server.observations().on_lifting(&person, kind);
        }
        self.act(effects);
    }

    /// Notes what a moderator is told about a person's restrictions.
    pub(super) fn on_moderation_answer(&mut self, message: &ServerMessage) {
        let (Some(moderator), ServerMessage::Restrictions { person, restrictions }) = (&mut self.moderator, message)
        else {
            return;
        };
        for kind in [RestrictionKind::Mute, RestrictionKind::Ban] {
            let Some(last) = moderator.last.get_mut(&(person.clone(), kind)) else { continue };
            match (last.imposes, kind.until(*restrictions)) {
                (true, Some(until)) => {
                    last.is_acknowledged = true;
                    self.server.observations().on_restricted(person, kind, until);
                }
                (false, None) => last.is_acknowledged = true,
                (true, None) | (false, Some(_)) => {}
            }
        }
    }
}
