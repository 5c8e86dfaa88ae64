//! The visitor's own messages, from the moment they are written until the server confirms them.

use shared_types::{ClientMessage, MessageText, Nonce, Timestamp};

use super::Timeline;

/// How long a message may wait for its confirmation while the socket is live, in milliseconds.
pub const CONFIRM_MS: u64 = 15_000;

/// How often a message is sent before it has failed: an outage of 10 s (1 + 2 + 3 + 4 s of pauses) is passed over. Lost
/// sockets do not count.
pub const TRIES: u32 = 5;

/// The pause before another try when the server could not take a message, in milliseconds, times the tries so far.
const PAUSE_MS: u64 = 1_000;

/// A message of the visitor that the server has not confirmed.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) nonce: Nonce,
    pub(super) text: MessageText,
    pub(super) at: Timestamp,
    pub(super) fate: Fate,
    tries: u32,
}

impl Own {
    /// Lets it wait for another try at `now`, or fail for `reason` when there were enough.
    pub(super) fn try_again(&mut self, now: u64, reason: &str) {
        self.fate = if self.tries >= TRIES {
            Fate::Failed(reason.into())
        } else {
            Fate::Waiting(now + PAUSE_MS * u64::from(self.tries))
        };
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It waits for a socket, its turn, and this time.
    Waiting(u64),
    /// It was handed to the socket at this time.
    Handed(u64),
    /// It will not be sent again by itself, for this reason.
    Failed(String),
}

impl Timeline {
    /// Notes a message that the visitor just wrote, or on an earlier page. One that the server has by now is on this page
    /// already.
    pub fn post(&mut self, nonce: Nonce, text: MessageText, now: u64) {
        if self.said.iter().any(|said| said.nonce == nonce && said.author.id == self.me.id) {
            return;
        }
        self.own.push(Own { nonce, text, at: Timestamp(now), fate: Fate::Waiting(0), tries: 0 });
    }

    /// The next message for the socket, now that there is one.
    ///
    /// The next one goes only when the last is confirmed: API Gateway may handle the frames of a socket at once, and a
    /// person's messages are to stand in the order in which they were written.
    pub fn hand_over(&mut self, now: u64) -> Option<ClientMessage> {
        if self.own.iter().any(|own| matches!(own.fate, Fate::Handed(_))) {
            return None;
        }
        let next = self.own.iter_mut().find(|own| matches!(own.fate, Fate::Waiting(_)))?;
        if matches!(next.fate, Fate::Waiting(until) if now < until) {
            return None;
        }
        next.fate = Fate::Handed(now);
        next.tries += 1;
        Some(ClientMessage::Send { text: next.text.clone(), nonce: Some(next.nonce.clone()) })
    }

    /// The socket is gone: what it carried waits for the next one, and its questions are open again.
    pub fn disconnected(&mut self) {
        for own in self.own.iter_mut().filter(|own| matches!(own.fate, Fate::Handed(_))) {
            own.fate = Fate::Waiting(0);
            own.tries -= 1;
        }
        self.asked = None;
        self.older_than = None;
    }

    /// Takes back what was handed over and not confirmed in time, and gives it up for `reason` when that was once too
    /// often. Says whether there was any: the socket is not to be trusted then.
    pub fn expire(&mut self, now: u64, reason: &str) -> bool {
        let overdue = |own: &&mut Own| matches!(own.fate, Fate::Handed(at) if now >= at + CONFIRM_MS);
        match self.own.iter_mut().find(overdue) {
            Some(own) => {
                own.try_again(now, reason);
                true
            }
            None => false,
        }
    }

    /// What was written and is not confirmed, oldest first, to be kept where a reload does not reach it.
    pub fn unsent(&self) -> Vec<(Nonce, MessageText)> {
        self.own.iter().map(|own| (own.nonce.clone(), own.text.clone())).collect()
    }

    /// Lets a failed message wait for a socket again: the same message, so that it is not shown twice if it did arrive.
    pub fn retry(&mut self, nonce: &Nonce) {
        if let Some(own) = self.own.iter_mut().find(|own| own.nonce == *nonce) {
            own.fate = Fate::Waiting(0);
            own.tries = 0;
        }
    }

    /// Forgets a message that failed.
    pub fn discard(&mut self, nonce: &Nonce) {
        self.own.retain(|own| own.nonce != *nonce || !matches!(own.fate, Fate::Failed(_)));
    }
}
