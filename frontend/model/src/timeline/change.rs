//! What the visitor did to messages that are there, from the moment of the click until the server confirms it. Until then the
//! page shows them as they will be.

use shared_types::{ChatMessage, ClientMessage, Emoji, ErrorCode, MessageText, Nonce, Person, Reaction, Rev, Seq};

use super::{
    Kind, Refusal, Timeline,
    trial::{Fate, Trial},
};

/// What is to become of a message. Each says how it is to be, so that it can be repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It says this from now on.
    Text(Option<MessageText>),
    /// It is taken back.
    Gone,
    /// The visitor means this emoji, or does not any more.
    Reaction {
        /// The emoji.
        emoji: Emoji,
        /// Whether they mean it.
        on: bool,
    },
}

/// A change that is not confirmed.
#[derive(Debug)]
pub(super) struct Pending {
    seq: Seq,
    /// The revision of the message that the visitor saw.
    seen: Rev,
    nonce: Nonce,
    change: Change,
    trial: Trial,
}

impl Change {
    /// What the server counts it as.
    fn kind(&self) -> Kind {
        if matches!(self, Self::Reaction { .. }) { Kind::Reaction } else { Kind::Edit }
    }

    /// Whether one takes the place of the other: both are about the same.
    fn replaces(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Reaction { emoji, .. }, Self::Reaction { emoji: before, .. }) => emoji == before,
            (Self::Text(_), Self::Text(_)) | (Self::Gone, _) => true,
            _ => false,
        }
    }

    fn is_made(&self, message: &ChatMessage, me: &Person) -> bool {
        match self {
            // A message that was taken back meanwhile can't become anything else.
            _ if message.deleted => true,
            Self::Gone => false,
            Self::Text(text) => message.text == *text,
            Self::Reaction { emoji, on } => means(&message.reactions, emoji, me) == *on,
        }
    }

    fn make(&self, message: &mut ChatMessage, me: &Person) {
        match self {
            Self::Text(text) => {
                message.text.clone_from(text);
                message.html = None;
                message.edited_at = Some(message.sent_at);
            }
            Self::Gone => {
                message.deleted = true;
                message.text = None;
                message.html = None;
                message.image = None;
                message.reactions.clear();
            }
            Self::Reaction { emoji, on: true } => {
                match message.reactions.iter_mut().find(|reaction| reaction.emoji == *emoji) {
                    Some(reaction) => reaction.people.push(me.clone()),
                    None => message.reactions.push(Reaction { emoji: emoji.clone(), people: vec![me.clone()] }),
                }
            }
            Self::Reaction { emoji, on: false } => {
                for reaction in message.reactions.iter_mut().filter(|reaction| reaction.emoji == *emoji) {
                    reaction.people.retain(|person| person.id != me.id);
                }
                message.reactions.retain(|reaction| !reaction.people.is_empty());
            }
        }
    }
}

/// Whether somebody means an emoji.
pub(super) fn means(reactions: &[Reaction], emoji: &Emoji, who: &Person) -> bool {
    let meant = reactions.iter().filter(|reaction| reaction.emoji == *emoji);
    meant.flat_map(|reaction| &reaction.people).any(|person| person.id == who.id)
}

impl Pending {
    fn is_confirmed_by(&self, message: &ChatMessage, me: &Person) -> bool {
        let made = self.seq == message.seq && self.change.is_made(message, me);
        made && (self.trial.is_handed() || message.deleted)
    }
}

impl Timeline {
    /// Notes what the visitor did to a message. `nonce` names it in an error.
    pub fn change(&mut self, seq: Seq, change: Change, nonce: Nonce) {
        let same = |before: &Pending| before.seq == seq && change.replaces(&before.change);
        // What was on its way may still be made, and is confirmed before this follows it; what only waits need not go at all.
        self.pending.retain(|before| !same(before) || before.trial.has_begun());
        let follows = self.pending.iter().any(same);
        let Some(said) = self.find(seq) else { return };
        if follows || !change.is_made(said, &self.me) {
            let seen = said.rev;
            self.pending.push(Pending { seq, seen, nonce, change, trial: Trial::new() });
        }
    }

    /// The next change for the socket, now that there is one; one at a time, like messages.
    pub fn hand_over_change(&mut self, now: u64) -> Option<ClientMessage> {
        if self.pending.iter().any(|pending| pending.trial.is_handed()) {
            return None;
        }
        // One that waits for another try holds back what was done to the same message since.
        let first = |place: &usize| !self.pending[..*place].iter().any(|before| before.seq == self.pending[*place].seq);
        let due = |place: &usize| {
            let pending = &self.pending[*place];
            pending.trial.is_due(now) && self.pace.allows(pending.change.kind(), now)
        };
        let place = (0..self.pending.len()).find(|place| due(place) && first(place))?;
        let next = &mut self.pending[place];
        next.trial.hand(now);
        let (seq, nonce) = (next.seq, Some(next.nonce.clone()));
        Some(match next.change.clone() {
            Change::Text(text) => {
                let before = self.find(seq).map(|said| said.mentions.clone()).unwrap_or_default();
                let mentions = self.mentioned(text.as_ref(), &before);
                ClientMessage::Edit { seq, text, mentions, nonce }
            }
            Change::Gone => ClientMessage::Delete { seq, nonce },
            Change::Reaction { emoji, on } => ClientMessage::React { seq, emoji, on, nonce },
        })
    }

    /// The messages that the visitor changed without a confirmation so far.
    pub fn changing(&self) -> Vec<Seq> {
        self.pending.iter().map(|pending| pending.seq).collect()
    }

    /// Why something that the visitor did was not done, since this was last asked.
    pub fn take_troubles(&mut self) -> Vec<String> {
        std::mem::take(&mut self.troubles)
    }

    /// A message as it will be once everything the visitor did to it is done.
    pub(super) fn as_wanted(&self, said: &ChatMessage) -> ChatMessage {
        let mut wanted = said.clone();
        for pending in self.pending.iter().filter(|pending| pending.seq == said.seq) {
            if !pending.change.is_made(&wanted, &self.me) {
                pending.change.make(&mut wanted, &self.me);
            }
        }
        wanted
    }

    /// The message of that place is as it is now: what was wanted of it may be done.
    pub(super) fn confirm_changes(&mut self, seq: Seq) {
        // As a rule nothing is, and a page of messages need not be copied for that.
        if self.pending.is_empty() {
            return;
        }
        // What is shown, and not a frame that was overtaken on its way here.
        let Some(message) = self.find(seq).cloned() else { return };
        let me = &self.me;
        self.pending.retain(|pending| !pending.is_confirmed_by(&message, me));
    }

    /// A message was heard of that is not loaded any more. Only one that is newer than what the visitor saw says something
    /// about what they did to it.
    pub(super) fn confirm_changes_afar(&mut self, message: &ChatMessage) {
        let me = &self.me;
        self.pending.retain(|pending| message.rev <= pending.seen || !pending.is_confirmed_by(message, me));
    }

    /// The server refused a change.
    pub(super) fn refuse_change(&mut self, refusal: &Refusal, nonce: &Nonce) {
        let Some(place) = self.pending.iter().position(|pending| pending.nonce == *nonce) else { return };
        let Refusal { code, reason, retry_after, now } = refusal;
        match code {
            ErrorCode::NotConnected => {}
            ErrorCode::TooFast => {
                self.pace.rest(self.pending[place].change.kind(), *now, *retry_after);
                self.pending[place].trial.put_off();
            }
            ErrorCode::Unavailable => self.pending[place].trial.try_again(*now, reason),
            _ => {
                self.pending.remove(place);
                self.troubles.push(reason.clone());
            }
        }
        self.give_up_changes();
    }

    pub(super) fn expire_change(&mut self, now: u64, reason: &str) -> bool {
        let Some(late) = self.pending.iter_mut().find(|pending| pending.trial.is_late(now)) else { return false };
        late.trial.try_again(now, reason);
        self.give_up_changes();
        true
    }

    pub(super) fn changes_given_back(&mut self) {
        for pending in self.pending.iter_mut().filter(|pending| pending.trial.is_handed()) {
            pending.trial.give_back();
        }
    }

    /// A change that was tried often enough is not shown as if it were made.
    fn give_up_changes(&mut self) {
        let troubles = &mut self.troubles;
        self.pending.retain(|pending| match &pending.trial.fate {
            Fate::Failed(reason) => {
                troubles.push(reason.clone());
                false
            }
            _ => true,
        });
    }
}
