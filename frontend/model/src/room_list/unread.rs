//! What is unread in a room that is not the current one.

use shared_types::{PersonId, RoomActivity, RoomName, Seq, Timestamp, limits::UNREAD_COUNT};

use super::RoomEntry;

/// News of a room, as the server sends them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomNews {
    /// The room.
    pub room: RoomName,
    /// The message.
    pub seq: Seq,
    /// Its author.
    pub author: PersonId,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// Whether it mentions the visitor.
    pub mentioned: bool,
    /// Whether it was deleted.
    pub deleted: bool,
}

/// What is known of one room: the last answer, and the news since then.
pub(super) struct RoomUnread {
    pub(super) room: RoomName,
    pub(super) activity: Option<RoomActivity>,
    news: Vec<Message>,
    /// Whether the server was asked and has not answered.
    is_asked: bool,
}

/// A message of others.
struct Message {
    seq: Seq,
    sent_at: Timestamp,
    mentioned: bool,
    /// Whether it came before the last request: the answer counts it, unless it is deleted.
    is_asked: bool,
}

impl RoomUnread {
    pub(super) fn new(room: &RoomName) -> Self {
        Self { room: room.clone(), activity: None, news: Vec::new(), is_asked: false }
    }

    /// The server is asked.
    pub(super) fn on_request(&mut self) {
        self.is_asked = true;
        self.news.iter_mut().for_each(|message| message.is_asked = true);
    }

    /// The server answers. Returns whether anything is known that the answer may lack.
    pub(super) fn on_answer(&mut self) -> bool {
        if self.is_asked {
            (self.is_asked, self.activity) = (false, None);
            self.news.retain(|message| !message.is_asked);
        }
        self.activity.is_some() || !self.news.is_empty()
    }

    pub(super) fn set_activity(&mut self, activity: RoomActivity) {
        self.news.retain(|message| message.seq > activity.newest);
        self.activity = Some(activity);
    }

    /// The newest message.
    pub(super) fn newest(&self) -> Option<Seq> {
        let news = self.news.iter().map(|message| message.seq).max();
        self.activity.as_ref().map(|activity| activity.newest).max(news)
    }

    /// When the newest message was sent.
    pub(super) fn active_at(&self) -> Option<Timestamp> {
        let news = self.news.iter().map(|message| message.sent_at).max();
        self.activity.as_ref().map(|activity| activity.sent_at).max(news)
    }

    /// Adds a message of others, or removes one. Returns whether it is new and mentions the visitor.
    pub(super) fn add(&mut self, news: &RoomNews) -> bool {
        let counted = self.activity.as_ref().is_some_and(|activity| news.seq <= activity.newest);
        if news.deleted {
            self.news.retain(|message| message.seq != news.seq);
            if let Some(unread) =
                self.activity.as_mut().and_then(|activity| activity.unread.as_mut()).filter(|_| counted)
            {
                *unread = unread.saturating_sub(1);
            }
            return false;
        }
        let is_known = counted || self.news.iter().any(|message| message.seq == news.seq);
        if is_known {
            return false;
        }
        if self.news.len() == UNREAD_COUNT {
            self.news.remove(0);
        }
        self.news.push(Message { seq: news.seq, sent_at: news.sent_at, mentioned: news.mentioned, is_asked: false });
        news.mentioned
    }

    /// Shows in an entry what is unread after a read position.
    pub(super) fn show(&self, entry: &mut RoomEntry, me: &PersonId, read: Seq) {
        if let Some(activity) = self.activity.as_ref().filter(|activity| activity.newest > read) {
            entry.count = activity.unread.unwrap_or_default();
            // A server that counts nothing only tells the newest message.
            entry.unread = activity.unread.map_or(activity.author != *me, |count| count > 0);
            entry.mentioned = activity.mentioned && entry.unread;
        }
        for message in self.news.iter().filter(|message| message.seq > read) {
            entry.count += 1;
            entry.unread = true;
            entry.mentioned |= message.mentioned;
        }
        entry.count = entry.count.min(UNREAD_COUNT as u32);
    }
}
