//! A stretch of the room's order: messages that follow one another without a gap.

use shared_types::{ChatMessage, Seq};

/// Messages by `seq`, none missing between the first and the last.
#[derive(Debug, Default)]
pub(super) struct MessageRange {
    pub(super) messages: Vec<ChatMessage>,
    /// Whether there are older ones before it.
    pub(super) more: bool,
}

impl MessageRange {
    /// The stretch of these messages, in whatever order they came.
    pub(super) fn of(mut messages: Vec<ChatMessage>, more: bool) -> Self {
        messages.sort_unstable_by_key(|message| message.seq);
        Self { messages, more }
    }

    pub(super) fn first(&self) -> Option<Seq> {
        self.messages.first().map(|message| message.seq)
    }

    pub(super) fn last(&self) -> Option<Seq> {
        self.messages.last().map(|message| message.seq)
    }

    pub(super) fn find(&self, seq: Seq) -> Option<&ChatMessage> {
        self.index_of(seq).ok().map(|place| &self.messages[place])
    }

    /// Whether a message of that place, if there is one, is not before it.
    pub(super) fn reaches_back_to(&self, seq: Seq) -> bool {
        !self.more || self.first().is_none_or(|first| first <= seq)
    }

    /// Whether a message of that place, if there is one, is between its first and its last.
    pub(super) fn spans(&self, seq: Seq) -> bool {
        self.first().is_some_and(|first| first <= seq) && self.last().is_some_and(|last| seq <= last)
    }

    /// Puts a message in its place: a newer form of one that is there, or one that nobody has at another place.
    pub(super) fn insert(&mut self, message: ChatMessage) {
        match self.index_of(message.seq) {
            Ok(place) if self.messages[place].rev < message.rev => self.messages[place] = message,
            Ok(_) => {}
            Err(place) => {
                let same = |confirmed: &ChatMessage| {
                    confirmed.nonce == message.nonce && confirmed.author.id == message.author.id
                };
                if !self.messages.iter().any(same) {
                    self.messages.insert(place, message);
                }
            }
        }
    }

    fn index_of(&self, seq: Seq) -> Result<usize, usize> {
        self.messages.binary_search_by_key(&seq, |message| message.seq)
    }
}
