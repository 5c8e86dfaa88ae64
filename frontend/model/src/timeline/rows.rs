//! The timeline as rows to draw: grouped by author and by day.

use shared_types::{ChatImage, ChatMessage, Emoji, MessageText, Nonce, Person, PersonId, Seq, Timestamp, image_path};

use super::{OutgoingMessage, RetryPhase, Timeline, change::has_reaction, outgoing::Upload, people::tag};
use crate::calendar::Calendar;

/// Messages of one author that follow each other within this time stand in one group, in milliseconds.
const GROUP_MS: u64 = 5 * 60 * 1000;

/// One message as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Who wrote it.
    pub author: Person,
    /// What tells the author from another one of the same name, where there is one.
    pub tag: Option<String>,
    /// With the author, the identity of the message.
    pub nonce: Nonce,
    /// Its place in the order, once it has one.
    pub seq: Option<Seq>,
    /// What was said.
    pub text: Option<MessageText>,
    /// The same as harmless HTML of the server's making, where that shows more.
    pub html: Option<String>,
    /// The image that belongs to it.
    pub image: Option<ChatImage>,
    /// Where the image is, or will be once the message is sent.
    pub image_path: String,
    /// When.
    pub at: Timestamp,
    /// The same, as the reader's clock shows it.
    pub time: String,
    /// How far it got.
    pub state: DeliveryState,
    /// Whether the visitor wrote it.
    pub mine: bool,
    /// Whether its text was changed since.
    pub edited: bool,
    /// Whether it was taken back: nothing is left of it but its place.
    pub deleted: bool,
    /// The message it answers.
    pub reply_to: Option<ReplyPreview>,
    /// Whether its text calls the visitor.
    pub mentions_me: bool,
    /// What people think of it.
    pub reactions: Vec<RowReaction>,
    /// Whether it is the first of its group, and names the author.
    pub starts_group: bool,
    /// The name of the day that begins with it, if one does.
    pub day: Option<String>,
    /// Whether it is the first that is new to the visitor.
    pub first_new: bool,
}

/// A message that another one answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyPreview {
    /// Its place.
    pub seq: Seq,
    /// Who wrote it.
    pub author: Person,
    /// What it says, where that is known here: it may not be loaded, be an image, or be taken back.
    pub text: Option<MessageText>,
}

/// What people said about a message with one emoji.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReaction {
    /// The emoji.
    pub emoji: Emoji,
    /// Who.
    pub people: Vec<Person>,
    /// Whether the visitor is among them.
    pub mine: bool,
}

/// How far a message got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// Shown, and not confirmed yet.
    Pending,
    /// It waits for its turn, and can be taken back.
    Waiting,
    /// Its image is on its way: so many hundredths of it are there.
    Uploading(u8),
    /// The server has it.
    Sent,
    /// It was not sent, for the reason given.
    Failed(String),
}

/// The [`Row::key`] of an author's message.
pub fn key(author: &PersonId, nonce: &Nonce) -> String {
    [author.as_str(), "/", nonce.as_str()].concat()
}

impl Row {
    /// What stays the same from the first drawing as pending to the last, and is nobody else's.
    pub fn key(&self) -> String {
        key(&self.author.id, &self.nonce)
    }

    /// Marks the start of a day or of a group, seen from the row before.
    fn follow(&mut self, before: Option<&Row>, calendar: &dyn Calendar) {
        let new_day = before.is_none_or(|before| calendar.day(before.at) != calendar.day(self.at));
        if new_day {
            self.day = Some(calendar.day_name(self.at));
        }
        let same_group = before
            .is_some_and(|before| before.author == self.author && self.at.0.saturating_sub(before.at.0) < GROUP_MS);
        self.starts_group = new_day || !same_group;
    }
}

/// What others said behind the last message that the visitor had read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnreadSummary {
    /// Where to go to read on from there.
    pub from: Seq,
    /// How many messages there are.
    pub count: usize,
    /// Whether there are still more, which are not loaded.
    pub more: bool,
}

impl UnreadSummary {
    /// Finds what is new behind `line`, and marks where it begins if that is among these rows; `more` tells whether there
    /// are older ones than they are.
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
    /// What to draw, oldest first, with the days and times of a calendar; `namesakes` are told from each other.
    pub fn rows(&self, calendar: &dyn Calendar, namesakes: &[Person]) -> Vec<Row> {
        let shown = &self.shown().messages;
        let confirmed =
            shown.iter().map(|confirmed| self.confirmed_row(&self.with_pending_changes(confirmed), calendar));
        // What is not sent yet stands behind the newest message.
        let outgoing = self
            .outgoing
            .iter()
            .filter(|_| self.detached_range.is_none())
            .map(|outgoing| self.outgoing_row(outgoing, calendar));
        let mut rows: Vec<Row> = Vec::with_capacity(shown.len() + self.outgoing.len());
        for mut row in confirmed.chain(outgoing) {
            row.tag = tag(&row.author, namesakes);
            row.follow(rows.last(), calendar);
            rows.push(row);
        }
        rows
    }

    fn confirmed_row(&self, confirmed: &ChatMessage, calendar: &dyn Calendar) -> Row {
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
            reply_to: confirmed.reply_to.as_ref().map(|quote| self.reply_preview(quote.seq, &quote.author)),
            mentions_me: confirmed.mentions.iter().any(|person| person.id == self.me.id),
            reactions: reactions.collect(),
            starts_group: true,
            day: None,
            first_new: false,
        }
    }

    fn reply_preview(&self, seq: Seq, author: &Person) -> ReplyPreview {
        ReplyPreview { seq, author: author.clone(), text: self.find(seq).and_then(|confirmed| confirmed.text.clone()) }
    }

    fn outgoing_row(&self, outgoing: &OutgoingMessage, calendar: &dyn Calendar) -> Row {
        // The visitor's clock may be behind the server's; a message never stands before the one it follows.
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
            reply_to: outgoing.draft.reply_to.and_then(|seq| Some(self.reply_preview(seq, &self.find(seq)?.author))),
            mentions_me: false,
            reactions: Vec::new(),
            state: match (&outgoing.retry.phase, &outgoing.upload) {
                (RetryPhase::Failed(reason), _) => DeliveryState::Failed(reason.clone()),
                (_, Upload::Done) if self.is_waiting_for_slot && outgoing.is_undelivered() => DeliveryState::Waiting,
                (_, Upload::Done) => DeliveryState::Pending,
                (_, Upload::Running(percent)) => DeliveryState::Uploading(*percent),
                (_, Upload::NotStarted | Upload::Requested(_)) => DeliveryState::Uploading(0),
            },
            starts_group: true,
            day: None,
            first_new: false,
        }
    }
}
