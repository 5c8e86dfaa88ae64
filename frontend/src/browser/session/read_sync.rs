//! Read positions across the devices of the visitor. It is loaded on demand: until then the page goes on with the positions on this device.

use page_model::client::Effect;
use shared_types::{ClientMessage, RoomName, Seq};

use crate::browser::{
    session::{Session, queries::read_position},
    storage, time,
};

impl Session {
    /// Returns the reports of read positions that are due. The caller has a socket.
    pub(super) fn read_reports(&mut self, now: u64) -> Vec<ClientMessage> {
        self.merge_welcome();
        if let Some(seen) = self.seen {
            self.read_sync.advance(&self.page.room, seen);
        }
        let shown = self.page.details.receipts.then_some(&self.page.room);
        std::iter::from_fn(|| self.read_sync.take_report(now, shown)).collect()
    }

    /// Takes the position of the last `welcome`.
    pub(super) fn merge_welcome(&mut self) {
        let Some((room, stored)) = self.welcome_read.take_if(|(room, _)| *room == self.page.room) else { return };
        self.read_sync.on_welcome();
        self.read_sync.on_stored(&room, stored);
        if let Some(stored) = stored {
            self.advance_position(&room, stored);
        }
    }

    /// Takes the positions of the last answer to `rooms`. The server is told those that it lacks.
    pub(super) fn merge_positions(&mut self) {
        let positions: Vec<_> = self.rooms.stored_positions().map(|(room, read)| (room.clone(), read)).collect();
        for (room, stored) in positions {
            self.read_sync.on_stored(&room, stored);
            let known = read_position(&room);
            match stored.filter(|stored| *stored > known) {
                Some(stored) => storage::store_read_position(&room, stored),
                None => self.read_sync.advance(&room, known),
            }
        }
    }

    /// The visitor has read a room on another device, or on this one while another is open.
    pub(super) fn on_read_elsewhere(&mut self, room: &RoomName, seq: Seq) {
        self.read_sync.on_told(room, seq, time::now());
        self.advance_position(room, seq);
        self.show_rooms();
    }

    fn advance_position(&mut self, room: &RoomName, seq: Seq) {
        storage::store_read_position(room, seq);
        if *room != self.page.room {
            return;
        }
        let newest = self.client.timeline().newest().map(|(newest, _)| newest).unwrap_or_default();
        self.read_position.on_read_elsewhere(seq, newest);
        self.rows_changed = true;
        if seq >= newest {
            self.clear_unseen();
        }
    }

    /// Reports where the visitor has read in the room that they leave.
    pub(super) fn report_leaving(&mut self, now: u64) {
        self.read_sync.leave(&self.page.room);
        let mut reports = self.read_reports(now);
        reports.extend(self.thread_reports(now));
        let effects: Vec<Effect> = reports.into_iter().flat_map(|report| self.client.send_query(report)).collect();
        self.perform(effects);
    }

    /// Marks everything in another room as read.
    pub(super) fn mark_room_read(&mut self, room: &RoomName) {
        self.rooms.on_opened(room);
        if let Some(newest) = self.rooms.newest_in(room) {
            storage::store_read_position(room, newest);
            self.read_sync.advance(room, newest);
            self.read_sync.leave(room);
        }
        self.show_rooms();
    }
}
