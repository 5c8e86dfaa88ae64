//! Sends the poll of the dialog. It is no message of the timeline until the server confirms it: the dialog stays open until then.

use page_model::client::Effect;
use shared_types::{ClientMessage, MessageText, Nonce, PollDraft, ServerMessage};

use crate::{
    browser::{random, session::Session},
    ui::{parts::dialog, state::set},
};

impl Session {
    /// Sends a poll. Another attempt with the same content has the same nonce, so that it is not sent twice.
    pub(super) fn send_poll(&mut self, text: MessageText, poll: PollDraft) -> Vec<Effect> {
        let same = self.sent_poll.take().filter(|(_, before)| *before == (text.clone(), poll.clone()));
        let nonce = same.map(|(nonce, _)| nonce).or_else(|| random::unique_token().parse().ok());
        self.sent_poll = nonce.clone().map(|nonce| (nonce, (text.clone(), poll.clone())));
        let (mentions, poll) = (Vec::new(), Some(poll));
        let effects = self.client.send_query(ClientMessage::Send {
            text: Some(text),
            nonce,
            image: None,
            reply_to: None,
            mentions,
            poll,
            thread: None,
            in_room: false,
        });
        if effects.is_empty() {
            self.stop_poll(self.chat.translations.dialogs().moderation_offline.to_owned());
        }
        effects
    }

    /// Handles the confirmation of the poll, or its refusal.
    pub(super) fn on_poll_answer(&mut self, message: &ServerMessage) {
        let is_sent = |nonce: &Nonce| self.sent_poll.as_ref().is_some_and(|(sent, _)| sent == nonce);
        match message {
            ServerMessage::Message(message) if is_sent(&message.nonce) => {
                self.sent_poll = None;
                self.stop_poll(String::new());
                if let (Some(question), Some(options)) =
                    (self.chat.poll.question.get_untracked(), self.chat.poll.options.get_untracked())
                {
                    question.set_value("");
                    options.set_value("");
                }
                dialog::close(self.chat.poll.dialog);
            }
            ServerMessage::Error { code, nonce: Some(nonce), .. } if is_sent(nonce) => {
                use page_model::texts::ClientTexts as _;
                let sentence = self.chat.translations.server_error(*code);
                self.stop_poll(sentence.unwrap_or(self.chat.translations.lists().not_sent).to_owned());
            }
            _ => {}
        }
    }

    /// The socket was closed before the poll was confirmed.
    pub(super) fn on_poll_disconnect(&mut self) {
        if self.chat.poll.is_pending.get_untracked() {
            self.stop_poll(self.chat.translations.lists().not_sent.to_owned());
        }
    }

    fn stop_poll(&self, note: String) {
        set(self.chat.poll.is_pending, false);
        set(self.chat.poll.note, note);
    }
}
