//! The timeline as rows to draw, grouped by author and day.

use shared_types::{
    ChatImage, ChatMessage, Emoji, MessageText, Nonce, Person, PersonId, Poll, Seq, Timestamp, image_path, plain_text,
};

use super::{
    Timeline,
    change::has_reaction,
    outgoing::{OutgoingMessage, Upload},
    people::{Appearances, tag},
    retry_state::RetryPhase,
};
use crate::calendar::Calendar;

/// Messages of one author within this time form a group, in milliseconds.
const GROUP_MS: u64 = 5 * 60 * 1000;

/// A message to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The author.
    pub author: Person,
    /// Distinguishes the author from people of the same name.
    pub tag: Option<String>,
    /// Together with the author, the key of the message.
    pub nonce: Nonce,
    /// Its sequence number, once it is confirmed.
    pub seq: Option<Seq>,
    /// Its text.
    pub text: Option<MessageText>,
    /// The text as HTML, sanitized by the server, if it has formatting.
    pub html: Option<String>,
    /// Its image, with the others.
    pub image: Option<ChatImage>,
    /// The path of the image, also before it is uploaded. Those of the others have their number behind it ([`shared_types::numbered`]).
    pub image_path: String,
    /// When it was sent.
    pub at: Timestamp,
    /// The time of day in the reader's calendar.
    pub time: String,
    /// Whether it was delivered.
    pub state: DeliveryState,
    /// Whether the visitor wrote it.
    pub mine: bool,
    /// Whether it was edited.
    pub edited: bool,
    /// Whether it was deleted.
    pub deleted: bool,
    /// Whether it is pinned to the room.
    pub pinned: bool,
    /// Its poll.
    pub poll: Option<RowPoll>,
    /// The thread that it began.
    pub thread: Option<RowThread>,
    /// The message that it replies to.
    pub reply_to: Option<ReplyPreview>,
    /// Whether it mentions the visitor.
    pub mentions_me: bool,
    /// Its reactions.
    pub reactions: Vec<RowReaction>,
    /// Whether it starts a group and shows the author.
    pub starts_group: bool,
    /// The name of the day, if it is the first message of a day.
    pub day: Option<String>,
    /// Whether it is the first unread message.
    pub first_new: bool,
}

/// A message that another one replies to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyPreview {
    /// Its sequence number.
    pub seq: Seq,
    /// Its author.
    pub author: Person,
    /// Its text without formatting, if that is known: it may not be loaded, be an image only, or be deleted.
    pub text: Option<MessageText>,
}

/// The thread that a message began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowThread {
    /// Number of replies, with those that are not confirmed.
    pub replies: usize,
    /// The people who replied last.
    pub people: Vec<Person>,
    /// The time of the last reply, or its day, if that is another one than that of the message.
    pub when: String,
    /// Whether a reply of the visitor could not be sent.
    pub failed: bool,
}

/// The reactions with one emoji.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReaction {
    /// The emoji.
    pub emoji: Emoji,
    /// Who reacted.
    pub people: Vec<Person>,
    /// Whether the visitor is among them.
    pub mine: bool,
}

/// A poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowPoll {
    /// Its options.
    pub options: Vec<RowOption>,
    /// Number of votes for all options.
    pub votes: usize,
    /// Whether several options can be chosen.
    pub several: bool,
    /// Whether nobody can vote any more.
    pub closed: bool,
}

/// An option of a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowOption {
    /// Its text.
    pub text: String,
    /// Number of votes.
    pub votes: usize,
    /// Whether the visitor chose it.
    pub mine: bool,
}

/// Whether a message was delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// Not confirmed.
    Pending,
    /// Waiting for slow mode or a rate limit; can be cancelled.
    Waiting,
    /// This percentage of its images is uploaded.
    Uploading(u8),
    /// Confirmed.
    Sent,
    /// Failed for this reason.
    Failed(String),
}

/// The [`Row::key`] of an author's message.
pub fn key(author: &PersonId, nonce: &Nonce) -> String {
    [author.as_str(), "/", nonce.as_str()].concat()
}

impl Row {
    /// Identifies the row as long as it is drawn.
    pub fn key(&self) -> String {
        key(&self.author.id, &self.nonce)
    }

    /// Gives the people of the row the appearance with which they are known.
    pub(super) fn update_appearances(&mut self, known: &Appearances<'_>) {
        known.update(&mut self.author);
        if let Some(preview) = &mut self.reply_to {
            known.update(&mut preview.author);
        }
    }

    /// Sets the start of a day or a group, given the row before.
    pub(super) fn follow(&mut self, before: Option<&Row>, calendar: &dyn Calendar) {
        let new_day = before.is_none_or(|before| calendar.day(before.at) != calendar.day(self.at));
        if new_day {
            self.day = Some(calendar.day_name(self.at));
        }
        let same_group = before
            .is_some_and(|before| before.author == self.author && self.at.0.saturating_sub(before.at.0) < GROUP_MS);
        self.starts_group = new_day || !same_group;
    }
}

/// The unread messages of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnreadSummary {
    /// Where to continue reading.
    pub from: Seq,
    /// Number of unread messages that are loaded.
    pub count: usize,
    /// Whether there are more that are not loaded.
    pub more: bool,
}

impl UnreadSummary {
    /// Finds the unread messages after `line` and marks the first one. `more` tells whether there are messages older
    /// than these rows.
    pub fn mark(rows: &mut [Row], line: Seq, more: bool) -> Option<Self> {
        let old = |row: &Row| row.seq.is_some_and(|seq| seq <= line);
        let new = |row: &&mut Row| row.seq.is_some_and(|seq| seq > line) && !row.mine && !row.deleted;
        let more = more && !rows.iter().any(old);
        let mut new = rows.iter_mut().filter(new);
        let first = new.next()?;
        first.first_new = !more;
        let from = if more { line } else { first.seq? };
        Some(Self { from, count: 1 + new.count(), more })
    }
}

impl Timeline {
    /// Whether the log shows an unconfirmed message. A reply is shown if nothing else on the page tells of it: its thread is not open,
    /// and the message that began it is not loaded.
    fn is_shown_in_room(&self, outgoing: &OutgoingMessage) -> bool {
        let is_told = |root: Seq| self.shown_thread() == Some(root) || self.newest_range.find(root).is_some();
        outgoing.draft.is_in_room() || !outgoing.draft.reply_to.is_some_and(is_told)
    }

    /// The rows to draw, oldest first. `namesakes` get a tag.
    pub fn rows(&self, calendar: &dyn Calendar, namesakes: &[Person]) -> Vec<Row> {
        let shown = &self.shown().messages;
        let in_room = shown.iter().filter(|confirmed| confirmed.is_in_room());
        let confirmed = in_room.map(|confirmed| {
            let thread = self.row_thread(confirmed, calendar);
            Row { thread, ..self.confirmed_row(&self.with_pending_changes(confirmed), calendar) }
        });
        // Unconfirmed messages come after the newest one.
        let outgoing = self
            .outgoing
            .iter()
            .filter(|outgoing| self.detached_range.is_none() && self.is_shown_in_room(outgoing))
            .map(|outgoing| self.outgoing_row(outgoing, calendar));
        let known = self.appearances(&mut std::iter::empty());
        let mut rows: Vec<Row> = Vec::with_capacity(shown.len() + self.outgoing.len());
        for mut row in confirmed.chain(outgoing) {
            row.update_appearances(&known);
            row.tag = tag(&row.author, namesakes);
            row.follow(rows.last(), calendar);
            rows.push(row);
        }
        rows
    }

    pub(super) fn confirmed_row(&self, confirmed: &ChatMessage, calendar: &dyn Calendar) -> Row {
        let reactions = confirmed.reactions.iter().map(|reaction| RowReaction {
            emoji: reaction.emoji.clone(),
            people: reaction.people.clone(),
            mine: has_reaction(&confirmed.reactions, &reaction.emoji, &self.me),
        });
        Row {
            author: confirmed.author.clone(),
            tag: None,
            nonce: confirmed.nonce.clone(),
            seq: Some(confirmed.seq),
            text: confirmed.text.clone(),
            html: confirmed.html.clone(),
            image: confirmed.image.clone(),
            image_path: image_path(&self.room, &confirmed.author.id, &confirmed.nonce),
            at: confirmed.sent_at,
            time: calendar.time(confirmed.sent_at),
            state: DeliveryState::Sent,
            mine: confirmed.author.id == self.me.id,
            edited: confirmed.edited_at.is_some(),
            deleted: confirmed.deleted,
            pinned: confirmed.pinned.is_some(),
            poll: confirmed.poll.as_ref().map(|poll| self.row_poll(poll)),
            thread: None,
            reply_to: confirmed.reply_to.as_ref().map(|reply_ref| self.reply_preview(reply_ref.seq, &reply_ref.author)),
            mentions_me: confirmed.mentions.iter().any(|person| person.id == self.me.id),
            reactions: reactions.collect(),
            starts_group: true,
            day: None,
            first_new: false,
        }
    }

    fn row_poll(&self, poll: &Poll) -> RowPoll {
        let options = poll.options.iter().map(|option| RowOption {
            text: option.text.to_string(),
            votes: option.votes.len(),
            mine: option.votes.contains(&self.me.id),
        });
        RowPoll { options: options.collect(), votes: poll.count(), several: poll.several, closed: poll.closed }
    }

    /// A deleted message has no text: neither does one that the visitor deleted without a connection.
    fn reply_preview(&self, seq: Seq, author: &Person) -> ReplyPreview {
        let quoted = self.find(seq).filter(|_| !self.is_deleted(seq));
        let text = quoted.and_then(|quoted| plain_text(quoted.text.as_ref(), quoted.html.as_deref()));
        ReplyPreview { seq, author: author.clone(), text }
    }

    /// What the composer quotes: the message as it is now. `None` if it is deleted. Without its text if it is not loaded any more, as
    /// it may be deleted then.
    pub fn quote(&self, preview: &ReplyPreview) -> Option<ReplyPreview> {
        (!self.is_deleted(preview.seq)).then(|| self.reply_preview(preview.seq, &preview.author))
    }

    pub(super) fn outgoing_row(&self, outgoing: &OutgoingMessage, calendar: &dyn Calendar) -> Row {
        // The visitor's clock may be slow: a message never comes before the one that it follows.
        let at = outgoing.at.max(self.newest_range.messages.last().map(|last| last.sent_at).unwrap_or_default());
        Row {
            author: self.me.clone(),
            tag: None,
            nonce: outgoing.draft.nonce.clone(),
            seq: None,
            text: outgoing.draft.text.clone(),
            html: None,
            image: outgoing.draft.image.clone(),
            image_path: image_path(&self.room, &self.me.id, &outgoing.draft.nonce),
            at,
            time: calendar.time(at),
            mine: true,
            edited: false,
            deleted: false,
            pinned: false,
            poll: None,
            thread: None,
            reply_to: self
                .reply_target(&outgoing.draft)
                .and_then(|seq| Some(self.reply_preview(seq, &self.find(seq)?.author))),
            mentions_me: false,
            reactions: Vec::new(),
            state: match (&outgoing.retry.phase, &outgoing.upload) {
                (RetryPhase::Failed(reason), _) => DeliveryState::Failed(reason.clone()),
                (_, Upload::Done) if self.is_waiting_for_slot && outgoing.is_undelivered() => DeliveryState::Waiting,
                (_, Upload::Done) => DeliveryState::Pending,
                (_, Upload::Running(percent)) => DeliveryState::Uploading(outgoing.percent(*percent)),
                (_, Upload::NotStarted | Upload::Requested(_)) => DeliveryState::Uploading(outgoing.percent(0)),
            },
            starts_group: true,
            day: None,
            first_new: false,
        }
    }
}
