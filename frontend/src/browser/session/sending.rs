//! Sends and discards messages.

use page_model::{client::Effect, composer_mode::ComposerMode, timeline::Draft};
use shared_types::{MessageText, Nonce, Seq};

use crate::{
    browser::{
        random,
        session::{Session, on_demand},
        time,
    },
    ui::state::set,
};

impl Session {
    /// Sends a text.
    pub(super) fn post(&mut self, text: MessageText) -> Vec<Effect> {
        let reply_to = self.start_posting();
        let Ok(nonce) = random::unique_token().parse() else { return Vec::new() };
        self.client.post(Draft { nonce, text: Some(text), image: None, reply_to, thread: None }, time::now())
    }

    /// Prepares the page for new messages of the visitor. Returns the message that the first one replies to.
    pub(super) fn start_posting(&mut self) -> Option<Seq> {
        self.show_errors(Vec::new());
        // The visitor sees their new message, wherever they were reading.
        self.scroll_to_end();
        self.clear_unread_line();
        let reply_to = self.chat.composer.mode.with_untracked(ComposerMode::reply_to);
        set(self.chat.composer.mode, ComposerMode::New);
        reply_to
    }

    /// Replaces the errors above the composer.
    pub(super) fn show_errors(&self, errors: Vec<String>) {
        // `join` is compiled for each type of text.
        let lines = errors.iter().map(String::as_str).collect::<Vec<_>>();
        set(self.chat.composer.errors, lines.join("\n"));
    }

    /// Adds an error to those above the composer.
    pub(super) fn add_error(&self, error: String) {
        let before = self.chat.composer.errors.get_untracked();
        let errors = if before.is_empty() { vec![error] } else { vec![before, error] };
        self.show_errors(errors);
    }

    /// Gives up the image of a message of an earlier page.
    pub(super) fn on_image_lost(&mut self, nonce: &Nonce) {
        self.rows_changed = true;
        let effects = self.client.on_image_lost(nonce, time::now());
        self.perform(effects);
    }

    /// Takes a deleted message out of the quote above the composer.
    pub(super) fn refresh_composer_mode(&self) {
        let mode = self.chat.composer.mode;
        if let Some(refreshed) = mode.with_untracked(|mode| mode.refreshed(self.client.timeline())) {
            set(mode, refreshed);
        }
    }

    /// Discards an unsent message with its image. Does nothing if the message may have been delivered.
    pub(super) fn discard(&mut self, nonce: &Nonce) -> Vec<Effect> {
        let effects = self.client.discard(nonce, time::now());
        if !self.client.timeline().is_unsent(nonce) {
            on_demand::with_part(|part| (part.on_discard)(self, nonce));
        }
        effects
    }
}
