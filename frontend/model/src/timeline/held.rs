//! Messages that the visitor edits, or that an open dialog is about.
//!
//! Any message can leave the log: the window cuts it, the reader returns to the newest messages, or there is a gap. What the
//! visitor does with it is sent all the same, so its newest known revision is kept until then.

use shared_types::{ChatMessage, Seq};

use super::Timeline;

impl Timeline {
    /// Keeps these messages known as far as they are loaded, and no others. The visitor is about to change them.
    pub fn hold(&mut self, used: &[Seq]) {
        self.held.retain(|held| used.contains(&held.seq));
        for &seq in used {
            if self.held.iter().all(|held| held.seq != seq) {
                let found = self.find(seq).cloned();
                self.held.extend(found);
            }
        }
    }

    /// The server sent a message, which may be newer than its held revision.
    pub(super) fn update_held(&mut self, message: &ChatMessage) {
        for held in self.held.iter_mut().filter(|held| held.seq == message.seq && held.rev < message.rev) {
            held.clone_from(message);
        }
    }

    /// The message with this sequence number, if it is loaded or held.
    pub(super) fn loaded_or_held(&self, seq: Seq) -> Option<&ChatMessage> {
        self.find(seq).or_else(|| self.held.iter().find(|held| held.seq == seq))
    }
}
