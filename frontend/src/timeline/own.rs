//! The visitor's own messages, from the moment they are written until the server confirms them.

use shared_types::{ClientMessage, MessageText, Nonce, Timestamp};

use super::Timeline;
use crate::say;

/// How long a message may wait for its confirmation while the socket is live, in milliseconds.
pub const CONFIRM_MS: u64 = 15_000;

/// A message of the visitor that the server has not confirmed.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) nonce: Nonce,
    pub(super) text: MessageText,
    pub(super) at: Timestamp,
    pub(super) fate: Fate,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It waits for a socket.
    Waiting,
    /// It was handed to the socket at this time.
    Handed(u64),
    /// It will not be sent again by itself, for this reason.
    Failed(String),
}

impl Timeline {
    /// Notes a message that the visitor just wrote.
    pub fn post(&mut self, nonce: Nonce, text: MessageText, now: u64) {
        self.own.push(Own { nonce, text, at: Timestamp(now), fate: Fate::Waiting });
    }

    /// What waits for a socket, oldest first, now that there is one.
    pub fn hand_over(&mut self, now: u64) -> Vec<ClientMessage> {
        let waiting = self.own.iter_mut().filter(|own| own.fate == Fate::Waiting);
        waiting
            .map(|own| {
                own.fate = Fate::Handed(now);
                say::send(&own.text, &own.nonce)
            })
            .collect()
    }

    /// The socket is gone: what it carried waits for the next one, and its questions are open again.
    pub fn disconnected(&mut self) {
        for own in self.own.iter_mut().filter(|own| matches!(own.fate, Fate::Handed(_))) {
            own.fate = Fate::Waiting;
        }
        self.asked = None;
        self.older_than = None;
    }

    /// Gives up, for `reason`, on what was handed over and not confirmed in time. Says whether there was any.
    pub fn expire(&mut self, now: u64, reason: &str) -> bool {
        let mut any = false;
        for own in &mut self.own {
            if matches!(own.fate, Fate::Handed(at) if now >= at + CONFIRM_MS) {
                own.fate = Fate::Failed(reason.into());
                any = true;
            }
        }
        any
    }

    /// Lets a failed message wait for a socket again: the same message, so that it is not shown twice if it did arrive.
    pub fn retry(&mut self, nonce: &Nonce) {
        if let Some(own) = self.own.iter_mut().find(|own| own.nonce == *nonce) {
            own.fate = Fate::Waiting;
        }
    }

    /// Forgets a message that failed.
    pub fn discard(&mut self, nonce: &Nonce) {
        self.own.retain(|own| own.nonce != *nonce || !matches!(own.fate, Fate::Failed(_)));
    }
}
