//! What a person does at random.

use page_model::{
    calendar::Utc,
    connection::Status,
    timeline::{Change, DeliveryState, Draft, Row},
};
use shared_types::{MessageText, Nonce, RoomName, Seq};

use super::Window;
use crate::account::Made;

impl Window {
    pub(super) async fn act_randomly(&mut self) {
        match self.server.pick(0..100) {
            0..30 => self.write(),
            30..34 => {
                if let Some(id) = self.sockets.values().rev().find_map(|socket| socket.id.clone()) {
                    self.server.cut(&id);
                }
            }
            34..36 => self.offline_until = self.server.now() + self.server.pick(0..40_000),
            36..38 => {
                // A hidden page gets messages like a visible one.
                self.client.set_hidden(self.server.pick(0..2) == 0);
                let effects = self.client.wake(self.server.now());
                self.act(effects);
            }
            38..39 => self.reload().await,
            39..42 => {
                let effects = self.client.load_older();
                self.act(effects);
            }
            42..54 => self.change(),
            54..60 => self.navigate(),
            60..75 => self.moderate(),
            75..79 => self.change_room(),
            _ => {}
        }
    }

    fn write(&mut self) {
        let (count, nonce) = {
            let mut account = self.device.account();
            let id = account.id.clone();
            let room = self.client.room().clone();
            let written = account.written.entry((self.number, room.clone())).or_default();
            let nonce: Nonce = format!("{id}-{}-{room}-{}", self.number, written.len()).parse().unwrap();
            written.push(nonce.clone());
            (written.len(), nonce)
        };
        let text = format!("message {count} of window {}", self.number).parse().ok();
        // Every third message answers one of the page. That one may be deleted before the answer is stored, or before its retry.
        let shown: Vec<Seq> = self.rows().iter().filter_map(|row| row.seq).collect();
        let is_reply = self.server.pick(0..3) == 0 && !shown.is_empty();
        let reply_to = is_reply.then(|| shown[self.server.pick(0..shown.len() as u64) as usize]);
        // Half of the answers are in the thread of that message, and a third of these in the room, too.
        let in_thread = reply_to.is_some() && self.server.pick(0..2) == 0;
        let thread = in_thread.then(|| self.server.pick(0..3) == 0);
        // The page opens the thread first: an answer to a reply in a thread is in that thread.
        let reply_to = if in_thread { reply_to.map(|seq| self.client.open_thread(seq)) } else { reply_to };
        let effects = self.client.post(Draft { nonce, text, image: None, reply_to, thread }, self.server.now());
        self.act(effects);
    }

    /// Returns the replies of a thread that the page shows, with some probability.
    fn rows_of_a_thread(&mut self) -> Vec<Row> {
        let roots: Vec<Seq> = self.rows().iter().filter(|row| row.thread.is_some()).filter_map(|row| row.seq).collect();
        if roots.is_empty() || self.server.pick(0..3) > 0 {
            return Vec::new();
        }
        let root = roots[self.server.pick(0..roots.len() as u64) as usize];
        self.client.open_thread(root);
        self.client.timeline().thread_rows(&Utc::default(), &[]).rows.split_off(1)
    }

    /// Jumps to a message of the room, loads newer messages from there, or returns to the newest.
    fn navigate(&mut self) {
        let effects = match self.server.pick(0..6) {
            0..3 => {
                let seq = self.server.pick(0..self.client.timeline().rev().0 + 1);
                self.client.seek(Seq(seq))
            }
            3..5 => self.client.load_newer(),
            _ => {
                self.client.return_to_newest();
                Vec::new()
            }
        };
        self.act(effects);
    }

    /// Changes one of the newest messages: edits or deletes an own one, deletes or pins any as a moderator, or reacts to any.
    fn change(&mut self) {
        // The rules about changes are checked in one room.
        if *self.client.room() != RoomName::lobby() {
            return;
        }
        let mut rows = self.rows();
        rows.extend(self.rows_of_a_thread());
        let sent: Vec<_> = rows.iter().rev().filter(|row| row.seq.is_some() && !row.deleted).take(12).collect();
        if sent.is_empty() {
            return;
        }
        // The poll is older than the other messages.
        let poll = rows.iter().find(|row| row.poll.is_some()).filter(|_| self.server.pick(0..6) == 0);
        let row = poll.unwrap_or(sent[self.server.pick(0..sent.len() as u64) as usize]);
        let number = self.device.account().made.len();
        let change = match self.server.pick(0..10) {
            1..10 if let Some(poll) = &row.poll => {
                let option = self.server.pick(0..poll.options.len() as u64) as u16;
                Change::Vote { option, on: !poll.options[usize::from(option)].mine, several: poll.several }
            }
            0..5 if row.mine => Change::Text(format!("edit {number} of {}", row.author.id).parse().ok()),
            5 if row.mine || self.moderator.is_some() => Change::Delete,
            6 | 7 if self.moderator.is_some() => Change::Pinned(!row.pinned),
            pick => {
                let emoji = if pick % 2 == 0 { "👍" } else { "🎉" };
                let on = !row.reactions.iter().any(|reaction| reaction.mine && reaction.emoji.as_str() == emoji);
                Change::Reaction { emoji: emoji.parse().unwrap(), on }
            }
        };
        let seq = row.seq.unwrap();
        let nonce: Nonce = format!("c-{}-{number}", self.device.account().id).parse().unwrap();
        self.device.account().made.push(Made {
            nonce: nonce.clone(),
            window: self.number,
            seq,
            change: change.clone(),
            shown: row.text.as_ref().map(MessageText::to_string),
            based_on: None,
            is_unknown: false,
        });
        let effects = self.client.change(seq, change, nonce, self.server.now());
        self.act(effects);
    }

    /// Retries what failed, unless the page says that the person may not write now.
    pub(super) fn retry_failed(&mut self) {
        let now = self.server.now();
        let is_banned = matches!(self.client.status(now), Status::Ended(_));
        if is_banned || self.client.timeline().composer_policy(now).is_disabled() {
            return;
        }
        // Failed messages are shown below the newest one.
        if self.client.timeline().is_detached() && self.server.pick(0..10) == 0 {
            self.client.return_to_newest();
        }
        self.note_failed_messages();
        let rows = self.rows().into_iter().chain(self.waiting_replies());
        let failed = rows.filter(|row| matches!(row.state, DeliveryState::Failed(_)));
        for nonce in failed.map(|row| row.nonce).collect::<Vec<_>>() {
            self.refused.remove(&nonce);
            let effects = self.client.retry(&nonce, now);
            self.act(effects);
        }
    }
}
