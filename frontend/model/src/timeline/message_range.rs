//! A range of consecutive messages.

use shared_types::{ChatMessage, Seq};

/// Messages by sequence number, without a gap.
#[derive(Debug, Default)]
pub(super) struct MessageRange {
    pub(super) messages: Vec<ChatMessage>,
    /// Whether there are older messages.
    pub(super) more: bool,
}

impl MessageRange {
    /// The range of these messages, in any order.
    pub(super) fn of(messages: Vec<ChatMessage>, more: bool) -> Self {
        let mut range = Self { messages: Vec::with_capacity(messages.len()), more };
        for message in messages {
            // The server sends them sorted, so each is the last one.
            let (Ok(place) | Err(place)) = range.index_of(message.seq);
            range.messages.insert(place, message);
        }
        range
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

    /// Whether the range starts at or before this sequence number.
    pub(super) fn reaches_back_to(&self, seq: Seq) -> bool {
        !self.more || self.first().is_none_or(|first| first <= seq)
    }

    /// Whether this sequence number is between the first and the last message.
    pub(super) fn spans(&self, seq: Seq) -> bool {
        self.first().is_some_and(|first| first <= seq) && self.last().is_some_and(|last| seq <= last)
    }

    /// Inserts a message, or replaces it by a newer revision. A message that is already at another place is dropped.
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
