//! Up to where the visitor has read, and where the line is drawn above what is new to them.

use shared_types::Seq;

/// What the visitor has seen of the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadPosition {
    /// The newest message that they have seen.
    read: Seq,
    /// The last message above the line, while there is one.
    line: Option<Seq>,
}

impl ReadPosition {
    /// Begins with what was read on an earlier visit, if there was one, and the newest message of the page.
    pub fn new(read: Option<Seq>, newest: Seq) -> Self {
        let line = read.filter(|read| *read < newest);
        Self { read: read.unwrap_or(newest), line }
    }

    /// The newest message that they have seen.
    pub fn read(&self) -> Seq {
        self.read
    }

    /// The last message above the line.
    pub fn line(&self) -> Option<Seq> {
        self.line
    }

    /// Something arrived that the visitor does not see: the line stands where they were when it is the first.
    pub fn on_unseen_message(&mut self) {
        self.line.get_or_insert(self.read);
    }

    /// The visitor sees the newest message. The line stays, for they are about to read what is under it.
    pub fn mark_seen(&mut self, newest: Seq) {
        self.read = self.read.max(newest);
    }

    /// The visitor looks away, or says something: what they have read is not new any more.
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
        for (what, newest) in steps {
            match *what {
                "miss" => position.on_unseen_message(),
                "see" => position.mark_seen(Seq(*newest)),
                _ => position.clear_line(Seq(*newest)),
            }
            lines.push(position.line().map(|line| line.0));
        }
        lines
    }

    #[test]
    fn the_first_visit_has_no_line_and_a_later_one_has_it_where_the_last_one_ended() {
        assert_eq!(ReadPosition::new(None, Seq(7)).line(), None);
        assert_eq!(ReadPosition::new(Some(Seq(7)), Seq(7)).line(), None);
        assert_eq!(ReadPosition::new(Some(Seq(4)), Seq(7)).line(), Some(Seq(4)));
    }

    #[test]
    fn the_line_stays_while_what_is_new_is_read_and_goes_with_the_next_look_away() {
        let steps = [("miss", 8), ("miss", 9), ("see", 9), ("see", 10), ("settle", 10)];
        assert_eq!(lines(ReadPosition::new(None, Seq(7)), &steps), [Some(7), Some(7), Some(7), Some(7), None]);
    }

    #[test]
    fn what_was_not_read_is_still_new_after_a_look_away() {
        let steps = [("miss", 8), ("settle", 8), ("see", 8), ("settle", 8), ("miss", 9)];
        assert_eq!(lines(ReadPosition::new(None, Seq(7)), &steps), [Some(7), Some(7), Some(7), None, Some(8)]);
    }
}
