//! Commands that only their sender's dialog waits for: a rename, and the commands of a moderator. If API Gateway refuses a frame because
//! there are too many, it does not say which one, so those that are unanswered are sent again. A repetition changes nothing.
//!
//! Everything else has a time limit of its own: messages, changes, history, and the requests of dialogs.

use shared_types::{ActionName, ClientMessage, ServerMessage};

/// The commands that are not answered yet, oldest first.
#[derive(Debug, Default)]
pub(super) struct UnansweredCommands {
    commands: Vec<ClientMessage>,
    /// When they are sent again, in milliseconds, after API Gateway refused a frame.
    repeat_at: Option<u64>,
}

impl UnansweredCommands {
    /// A command was sent. It replaces one that asks the same for another value.
    pub(super) fn on_sent(&mut self, command: &ClientMessage) {
        if is_repeated(command) {
            self.commands.retain(|earlier| !is_replaced(earlier, command));
            self.commands.push(command.clone());
        }
    }

    /// A frame arrived: forgets the command that it answers.
    pub(super) fn on_message(&mut self, message: &ServerMessage) {
        if !self.commands.is_empty()
            && let Some(answered) = self.commands.iter().position(|command| is_answer(message, command))
        {
            self.commands.remove(answered);
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

    /// Returns the commands to send again now.
    pub(super) fn take_due(&mut self, now: u64) -> Vec<ClientMessage> {
        if self.repeat_at.is_none_or(|at| now < at) {
            return Vec::new();
        }
        self.repeat_at = None;
        self.commands.clone()
    }
}

/// Whether a command is repeated here.
fn is_repeated(command: &ClientMessage) -> bool {
    match command {
        ClientMessage::Rename { .. }
        | ClientMessage::Mute { .. }
        | ClientMessage::Ban { .. }
        | ClientMessage::Restrictions { .. }
        | ClientMessage::Rules { .. }
        | ClientMessage::Describe { .. } => true,
        ClientMessage::Hello { .. }
        | ClientMessage::Send { .. }
        | ClientMessage::Edit { .. }
        | ClientMessage::Delete { .. }
        | ClientMessage::React { .. }
        | ClientMessage::Upload { .. }
        | ClientMessage::History { .. }
        | ClientMessage::Changes { .. }
        | ClientMessage::People
        | ClientMessage::Rooms { .. }
        | ClientMessage::Search { .. }
        | ClientMessage::Typing
        | ClientMessage::PurgeUser { .. }
        | ClientMessage::Audit { .. }
        | ClientMessage::EraseMyData
        | ClientMessage::Enter { .. }
        | ClientMessage::Ping => false,
    }
}

/// Whether a command makes an earlier one pointless.
fn is_replaced(earlier: &ClientMessage, command: &ClientMessage) -> bool {
    match (earlier, command) {
        (ClientMessage::Mute { person: one, .. }, ClientMessage::Mute { person: other, .. })
        | (ClientMessage::Ban { person: one, .. }, ClientMessage::Ban { person: other, .. }) => one == other,
        _ => earlier.action() == command.action(),
    }
}

/// Whether a frame answers a command.
fn is_answer(message: &ServerMessage, command: &ClientMessage) -> bool {
    if let ServerMessage::Error { action: Some(ActionName::Known(action)), .. } = message {
        return *action == command.action();
    }
    match (command, message) {
        (ClientMessage::Rename { name }, ServerMessage::Welcome { you, .. }) => you.name == *name,
        (
            ClientMessage::Mute { person, .. }
            | ClientMessage::Ban { person, .. }
            | ClientMessage::Restrictions { person },
            ServerMessage::Restrictions { person: about, .. },
        ) => person == about,
        // Everybody hears of new rules and details: those of another moderator answer nothing.
        (ClientMessage::Rules { rules }, ServerMessage::Rules { rules: new }) => rules == new,
        (ClientMessage::Describe { details }, ServerMessage::Details { details: new }) => details == new,
        _ => false,
    }
}
