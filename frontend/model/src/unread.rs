//! The visitor's read position, and the line above the first unread message.

use shared_types::Seq;

/// The read position in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadPosition {
    /// The newest message that was seen.
    read: Seq,
    /// The last message above the line, while there is a line.
    line: Option<Seq>,
    /// The newest message at the start, if there was no stored read position.
    first_visit: Option<Seq>,
}

impl ReadPosition {
    /// Starts with the stored read position, if any, and the newest message of the page.
    pub fn new(read: Option<Seq>, newest: Seq) -> Self {
        let line = read.filter(|read| *read < newest);
        let first_visit = if read.is_none() { Some(newest) } else { None };
        Self { read: read.unwrap_or(newest), line, first_visit }
    }

    /// The newest message that was seen.
    pub fn read(&self) -> Seq {
        self.read
    }

    /// The last message above the line.
    pub fn line(&self) -> Option<Seq> {
        self.line
    }

    /// A message arrived that the visitor does not see. The first one sets the line.
    pub fn on_unseen_message(&mut self) {
        self.line.get_or_insert(self.read);
    }

    /// The visitor sees the newest message. The line stays, because they are about to read what is below it.
    pub fn mark_seen(&mut self, newest: Seq) {
        self.read = self.read.max(newest);
    }

    /// The visitor has read up to `seq` on another device. What is below it is new to them also where this device shows the room for the
    /// first time.
    pub fn on_read_elsewhere(&mut self, seq: Seq, newest: Seq) {
        self.read = self.read.max(seq);
        let is_first = self.first_visit.take().is_some_and(|start| seq < start);
        if is_first || self.line.is_some_and(|line| line < seq) {
            self.line = (seq < newest).then_some(seq);
        }
    }

    /// The visitor leaves the page or posts a message: the line is removed if everything was seen.
    pub fn clear_line(&mut self, newest: Seq) {
        if self.read >= newest {
            self.line = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(mut position: ReadPosition, steps: &[(&str, u64)]) -> Vec<Option<u64>> {
        let mut lines = Vec::new();
        for (step, newest) in steps {
            match *step {
                "miss" => position.on_unseen_message(),
                "see" => position.mark_seen(Seq(*newest)),
                _ => position.clear_line(Seq(*newest)),
            }
            lines.push(position.line().map(|line| line.0));
        }
        lines
    }

    #[test]
    fn the_unread_line_starts_at_the_stored_position() {
        assert_eq!(ReadPosition::new(None, Seq(7)).line(), None);
        assert_eq!(ReadPosition::new(Some(Seq(7)), Seq(7)).line(), None);
        assert_eq!(ReadPosition::new(Some(Seq(4)), Seq(7)).line(), Some(Seq(4)));
    }

    #[test]
    fn the_unread_line_stays_until_the_visitor_leaves() {
        let steps = [("miss", 8), ("miss", 9), ("see", 9), ("see", 10), ("settle", 10)];
        assert_eq!(lines(ReadPosition::new(None, Seq(7)), &steps), [Some(7), Some(7), Some(7), Some(7), None]);
    }

    #[test]
    fn unseen_messages_stay_unread() {
        let steps = [("miss", 8), ("settle", 8), ("see", 8), ("settle", 8), ("miss", 9)];
        assert_eq!(lines(ReadPosition::new(None, Seq(7)), &steps), [Some(7), Some(7), Some(7), None, Some(8)]);
    }

    #[test]
    fn what_is_read_elsewhere_moves_the_unread_line_down() {
        let position = || ReadPosition::new(Some(Seq(4)), Seq(9));
        for (seq, line, read) in [(3, Some(4), 4), (4, Some(4), 4), (6, Some(6), 6), (9, None, 9), (12, None, 12)] {
            let mut position = position();
            position.on_read_elsewhere(Seq(seq), Seq(9));
            assert_eq!((position.line(), position.read()), (line.map(Seq), Seq(read)), "{seq}");
        }
    }

    #[test]
    fn a_new_device_shows_what_is_new_since_the_other_one() {
        for (seq, line) in [(4, Some(Seq(4))), (9, None), (12, None)] {
            let mut position = ReadPosition::new(None, Seq(9));
            position.on_read_elsewhere(Seq(seq), Seq(9));
            assert_eq!(position.line(), line, "{seq}");
            position.on_read_elsewhere(Seq(3), Seq(9));
            assert_eq!(position.line(), line, "only the first position");
        }
    }
}
