//! Tells the server where the visitor has read, so that their other devices know it.
//!
//! In a room that shows who has read, a report is also a receipt, and reports are more frequent: the others wait for it.
//!
//! A report is not answered. What the server says later shows whether it arrived: a position that it lacks is reported again.

use std::time::Duration;

use shared_types::{
    ClientMessage, ErrorCode, RoomName, Seq,
    limits::{READ_PAUSE, SHARED_READ_PAUSE},
};

/// How long another device of the visitor is taken to be open after the server told a position to both, in milliseconds.
const SHARED_MS: u64 = 10 * 60_000;

/// The read positions that the server has and lacks.
#[derive(Debug, Default)]
pub struct ReadSync {
    /// The positions that the server has, as far as this page knows.
    stored: Vec<(RoomName, Seq)>,
    /// The positions that it lacks.
    due: Vec<(RoomName, Seq)>,
    /// The room that the visitor leaves: its position does not wait.
    leaving: Option<RoomName>,
    /// The last report, until it can no longer be refused.
    last: Option<(RoomName, Seq)>,
    sent_at: Option<u64>,
    /// Until when the server refuses reports.
    refused_until: u64,
    /// Until when another device of the visitor is taken to be open.
    shared_until: u64,
    /// Whether the server is of a version that stores no positions.
    is_unknown: bool,
}

impl ReadSync {
    /// The page has a new socket, perhaps to a server of another version.
    pub fn on_welcome(&mut self) {
        self.is_unknown = false;
    }

    /// The server says what it has stored. A report that did not arrive is due again when the position is [noticed](Self::advance) again.
    pub fn on_stored(&mut self, room: &RoomName, seq: Option<Seq>) {
        self.stored.retain(|(stored, _)| stored != room);
        let Some(seq) = seq else { return };
        self.stored.push((room.clone(), seq));
        self.due.retain(|(due, position)| due != room || *position > seq);
    }

    /// The server tells the sockets of the visitor up to where they have read. It does so only if there are several.
    pub fn on_told(&mut self, room: &RoomName, seq: Seq, now: u64) {
        self.shared_until = now + SHARED_MS;
        self.on_stored(room, Some(seq));
    }

    /// The visitor has read a room up to a message.
    pub fn advance(&mut self, room: &RoomName, seq: Seq) {
        let position = |positions: &[(RoomName, Seq)]| {
            positions.iter().find(|(known, _)| known == room).map_or(Seq::default(), |(_, seq)| *seq)
        };
        if !self.is_unknown && seq > position(&self.stored) && seq > position(&self.due) {
            self.due.retain(|(due, _)| due != room);
            self.due.push((room.clone(), seq));
        }
    }

    /// The visitor leaves a room or the page, or marks a room as read: its position is reported at once.
    pub fn leave(&mut self, room: &RoomName) {
        self.leaving = Some(room.clone());
    }

    /// Returns the report that is due. Call it until it returns `None`, with a live socket. `shown` is the room of that socket if it shows
    /// who has read.
    pub fn take_report(&mut self, now: u64, shown: Option<&RoomName>) -> Option<ClientMessage> {
        if now < self.refused_until {
            return None;
        }
        let leaving = self.leaving.take();
        let place_of = |room: &RoomName| self.due.iter().position(|(due, _)| due == room);
        let place = leaving.as_ref().and_then(place_of);
        let is_over = |pause: Duration| self.sent_at.is_none_or(|sent_at| now >= sent_at + pause.as_millis() as u64);
        let shown_place = || shown.and_then(place_of).filter(|_| is_over(SHARED_READ_PAUSE));
        let pause = if now < self.shared_until { SHARED_READ_PAUSE } else { READ_PAUSE };
        let any_place = || (is_over(pause) && !self.due.is_empty()).then_some(0);
        let place = place.or_else(shown_place).or_else(any_place)?;
        let (room, seq) = self.due.remove(place);
        self.on_stored(&room, Some(seq));
        (self.sent_at, self.last) = (Some(now), Some((room.clone(), seq)));
        Some(ClientMessage::Read { receipt: shown == Some(&room), room, seq })
    }

    /// The server refused the last report. A server that does not know the command is not asked again before the next socket.
    pub fn on_error(&mut self, code: ErrorCode, retry_after: Option<u32>, now: u64) {
        if code == ErrorCode::UnknownAction {
            self.is_unknown = true;
            self.due.clear();
        } else if let Some((room, seq)) = self.last.take() {
            self.on_stored(&room, None);
            self.advance(&room, seq);
        }
        self.refused_until = now + u64::from(retry_after.unwrap_or(1)) * 1000;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: u64 = READ_PAUSE.as_millis() as u64;
    const SHARED_PAUSE: u64 = SHARED_READ_PAUSE.as_millis() as u64;

    fn room(name: &str) -> RoomName {
        name.parse().unwrap()
    }

    /// Takes all reports that are due.
    fn reports(sync: &mut ReadSync, now: u64) -> Vec<(String, u64)> {
        let reports = std::iter::from_fn(|| sync.take_report(now, None)).map(|report| match report {
            ClientMessage::Read { room, seq, receipt: false } => (room.to_string(), seq.0),
            other => panic!("{other:?}"),
        });
        reports.collect()
    }

    fn of(name: &str, seq: u64) -> Vec<(String, u64)> {
        vec![(name.into(), seq)]
    }

    #[test]
    fn the_first_position_is_reported_at_once_and_the_next_after_a_pause() {
        let mut sync = ReadSync::default();
        assert_eq!(reports(&mut sync, 0), []);
        sync.advance(&room("cats"), Seq(7));
        assert_eq!(reports(&mut sync, 5), of("cats", 7));
        for seq in 8..20 {
            sync.advance(&room("cats"), Seq(seq));
            assert_eq!(reports(&mut sync, seq), []);
        }
        assert_eq!(reports(&mut sync, 4 + PAUSE), []);
        assert_eq!(reports(&mut sync, 5 + PAUSE), of("cats", 19));
        assert_eq!(reports(&mut sync, 9 * PAUSE), [], "nothing is reported while nothing is read");
    }

    #[test]
    fn a_position_never_goes_back() {
        let mut sync = ReadSync::default();
        sync.on_stored(&room("cats"), Some(Seq(7)));
        for seq in [3, 7] {
            sync.advance(&room("cats"), Seq(seq));
            assert_eq!(reports(&mut sync, 0), [], "{seq}");
        }
        for seq in [9, 8] {
            sync.advance(&room("cats"), Seq(seq));
        }
        assert_eq!(reports(&mut sync, 0), of("cats", 9));
        sync.advance(&room("cats"), Seq(10));
        sync.on_stored(&room("cats"), Some(Seq(12)));
        assert_eq!(reports(&mut sync, 9 * PAUSE), [], "another device has read further");
    }

    #[test]
    fn while_another_device_is_open_reports_are_more_frequent() {
        let mut sync = ReadSync::default();
        sync.advance(&room("cats"), Seq(7));
        reports(&mut sync, 0);
        sync.advance(&room("cats"), Seq(8));
        sync.on_told(&room("cats"), Seq(7), 1);
        assert_eq!(reports(&mut sync, SHARED_PAUSE - 1), []);
        assert_eq!(reports(&mut sync, SHARED_PAUSE), of("cats", 8));
        sync.advance(&room("cats"), Seq(9));
        let later = 1 + SHARED_MS;
        assert_eq!(reports(&mut sync, later), of("cats", 9));
        sync.advance(&room("cats"), Seq(10));
        assert_eq!(reports(&mut sync, later + SHARED_PAUSE), [], "the other device is taken to be closed");
    }

    #[test]
    fn the_position_of_a_room_that_is_left_does_not_wait() {
        let mut sync = ReadSync::default();
        sync.advance(&room("cats"), Seq(7));
        reports(&mut sync, 0);
        sync.advance(&room("dogs"), Seq(3));
        sync.advance(&room("cats"), Seq(8));
        sync.leave(&room("cats"));
        assert_eq!(reports(&mut sync, 1), of("cats", 8));
        sync.leave(&room("cats"));
        assert_eq!(reports(&mut sync, 2), [], "it is reported already");
        assert_eq!(reports(&mut sync, 1 + PAUSE), of("dogs", 3));
    }

    #[test]
    fn one_of_several_rooms_is_reported_at_a_time() {
        let mut sync = ReadSync::default();
        for name in ["cats", "dogs"] {
            sync.advance(&room(name), Seq(7));
        }
        assert_eq!(reports(&mut sync, 0), of("cats", 7));
        assert_eq!(reports(&mut sync, PAUSE), of("dogs", 7));
    }

    #[test]
    fn a_lost_report_is_repeated() {
        let mut sync = ReadSync::default();
        for (stored, expected) in [(None, of("cats", 7)), (Some(Seq(4)), of("cats", 7)), (Some(Seq(7)), vec![])] {
            sync.on_stored(&room("cats"), stored);
            sync.advance(&room("cats"), Seq(7));
            sync.leave(&room("cats"));
            assert_eq!(reports(&mut sync, 0), expected, "{stored:?}");
        }
    }

    #[test]
    fn a_refused_report_is_repeated_when_the_server_accepts_it() {
        let mut sync = ReadSync::default();
        sync.advance(&room("cats"), Seq(7));
        assert_eq!(reports(&mut sync, 0), of("cats", 7));
        sync.on_error(ErrorCode::TooFast, Some(PAUSE as u32), 0);
        sync.leave(&room("cats"));
        assert_eq!(reports(&mut sync, PAUSE), []);
        assert_eq!(reports(&mut sync, PAUSE * 1000), of("cats", 7));
    }

    #[test]
    fn an_older_server_is_asked_once_for_each_socket() {
        let mut sync = ReadSync::default();
        for _ in 0..2 {
            sync.on_welcome();
            sync.advance(&room("cats"), Seq(7));
            sync.advance(&room("dogs"), Seq(3));
            let now = sync.refused_until + PAUSE;
            assert_eq!(reports(&mut sync, now).len(), 1);
            sync.on_error(ErrorCode::UnknownAction, None, now);
            sync.advance(&room("cats"), Seq(8));
            sync.leave(&room("cats"));
            assert_eq!(reports(&mut sync, now + 9 * PAUSE), []);
            sync.on_stored(&room("cats"), None);
        }
    }

    #[test]
    fn reports_of_a_room_that_shows_them_are_receipts_and_more_frequent() {
        let mut sync = ReadSync::default();
        let cats = room("cats");
        let reports = |sync: &mut ReadSync, now| {
            let reports = std::iter::from_fn(|| sync.take_report(now, Some(&cats))).map(|report| match report {
                ClientMessage::Read { room, seq, receipt } => (room.to_string(), seq.0, receipt),
                other => panic!("{other:?}"),
            });
            reports.collect::<Vec<_>>()
        };
        sync.advance(&room("dogs"), Seq(3));
        sync.advance(&room("cats"), Seq(7));
        assert_eq!(reports(&mut sync, 0), [("cats".into(), 7, true)], "it goes before others");
        sync.advance(&room("cats"), Seq(8));
        assert_eq!(reports(&mut sync, SHARED_PAUSE - 1), []);
        assert_eq!(reports(&mut sync, SHARED_PAUSE), [("cats".into(), 8, true)]);
        assert_eq!(reports(&mut sync, 2 * SHARED_PAUSE), [], "the other room waits");
        assert_eq!(reports(&mut sync, SHARED_PAUSE + PAUSE), [("dogs".into(), 3, false)]);
    }
}
