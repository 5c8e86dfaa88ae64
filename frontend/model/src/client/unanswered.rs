//! Commands of a moderator that only their dialog waits for. If API Gateway refuses a frame because there are too many, it does not say which
//! one, so those that are unanswered are sent again. A repetition changes nothing.
//!
//! Everything else has a time limit of its own: messages, changes, history, and the requests of dialogs. The dialogs send one command at a
//! time, so the newest one of each kind is enough.

use shared_types::{Action, ActionName, ClientMessage, PersonId, RoomDetailsChange, RoomRules, Seconds, ServerMessage};

/// The commands that are not answered yet.
#[derive(Debug, Default)]
pub(super) struct UnansweredCommands {
    /// The person whose restrictions were asked for.
    asked: Option<PersonId>,
    /// A mute or a ban: whether it is a ban, the person, and the duration.
    restriction: Option<(bool, PersonId, Seconds)>,
    rules: Option<RoomRules>,
    details: Option<RoomDetailsChange>,
    /// When they are sent again, in milliseconds, after API Gateway refused a frame.
    repeat_at: Option<u64>,
}

impl UnansweredCommands {
    /// A command was sent.
    pub(super) fn on_sent(&mut self, command: &ClientMessage) {
        match command {
            ClientMessage::Restrictions { person } => self.asked = Some(person.clone()),
            ClientMessage::Mute { person, seconds } => self.restriction = Some((false, person.clone(), *seconds)),
            ClientMessage::Ban { person, seconds } => self.restriction = Some((true, person.clone(), *seconds)),
            ClientMessage::Rules { rules } => self.rules = Some(*rules),
            ClientMessage::Describe { details } => self.details = Some(details.clone()),
            _ => {}
        }
    }

    /// A frame arrived: forgets the command that it answers.
    pub(super) fn on_message(&mut self, message: &ServerMessage) {
        match message {
            // The server answers in the order of the commands.
            ServerMessage::Restrictions { person, .. } if self.asked.as_ref() == Some(person) => self.asked = None,
            ServerMessage::Restrictions { person, .. } => {
                self.restriction.take_if(|(_, restricted, _)| restricted == person);
            }
            // Everybody hears of new rules and details: those of another moderator answer nothing.
            ServerMessage::Rules { rules } => _ = self.rules.take_if(|sent| sent == rules),
            ServerMessage::Details { details } => {
                _ = self.details.take_if(|sent| sent.clone().after(details.receipts) == *details)
            }
            ServerMessage::Error { action: Some(ActionName::Known(action)), .. } => match action {
                Action::Restrictions => self.asked = None,
                Action::Mute | Action::Ban => self.restriction = None,
                Action::Rules => self.rules = None,
                Action::Describe => self.details = None,
                _ => {}
            },
            _ => {}
        }
    }

    /// API Gateway refused a frame: commands without an answer are sent again after so many seconds.
    pub(super) fn on_throttled(&mut self, now: u64, seconds: u32) {
        self.repeat_at = Some(now + u64::from(seconds) * 1000);
    }

    /// The socket is lost. The next one takes the chosen name, and the dialogs of moderators can send again.
    pub(super) fn on_disconnect(&mut self) {
        *self = Self::default();
    }

    /// Whether unanswered commands are to be sent again now. Returns it once.
    pub(super) fn take_due(&mut self, now: u64) -> bool {
        self.repeat_at.take_if(|at| now >= *at).is_some()
    }

    /// Returns the commands to send again.
    pub(super) fn commands(&self) -> impl Iterator<Item = ClientMessage> {
        let asked = self.asked.clone().map(|person| ClientMessage::Restrictions { person });
        let restriction = self.restriction.clone().map(|(is_ban, person, seconds)| match is_ban {
            true => ClientMessage::Ban { person, seconds },
            false => ClientMessage::Mute { person, seconds },
        });
        let rules = self.rules.map(|rules| ClientMessage::Rules { rules });
        let details = self.details.clone().map(|details| ClientMessage::Describe { details });
        [asked, restriction, rules, details].into_iter().flatten()
    }
}
