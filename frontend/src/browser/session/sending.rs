//! Sends and discards messages.

use page_model::{client::Effect, composer_mode::ComposerMode, timeline::Draft};
use shared_types::{MessageText, Nonce};

use crate::{
    browser::{random, session::Session, time},
    ui::state::set,
};

impl Session {
    /// Sends a text, the attached images, or both. Every image is a message of its own; the first one has the text.
    pub(super) fn post(&mut self, mut text: Option<MessageText>) -> Vec<Effect> {
        let Some(pictures) = self.attachments.take() else { return Vec::new() };
        self.show_attachments();
        // The visitor sees their new message, wherever they were reading.
        self.scroll_to_end();
        self.clear_unread_line();
        let mut reply_to = self.chat.composer.mode.with_untracked(ComposerMode::reply_to);
        set(self.chat.composer.mode, ComposerMode::New);
        let mut effects = Vec::new();
        for picture in pictures {
            let Ok(nonce) = random::unique_token().parse() else { continue };
            let draft = self.draft_with_image(nonce, picture, text.take(), reply_to.take());
            effects.extend(self.client.post(draft, time::now()));
        }
        if let Some(text) = text
            && let Ok(nonce) = random::unique_token().parse()
        {
            effects.extend(self.client.post(Draft { nonce, text: Some(text), image: None, reply_to }, time::now()));
        }
        effects
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
            self.drop_image(nonce);
        }
        effects
    }
}
