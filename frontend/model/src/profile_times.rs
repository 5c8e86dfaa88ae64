//! The time limits of what the page asks about profiles and of saving the visitor's own. All times are in milliseconds.

/// Minimum time between two requests for the statuses in the panel because people came, went or changed.
const STATUS_INTERVAL: u64 = 30_000;

/// The same in a large room; a random part of up to the same time is added, so that not all pages ask at once.
const LARGE_ROOM_STATUS_INTERVAL: u64 = 180_000;

/// Maximum time without an answer: then the question for the profile is repeated, and saving ends. An upload of a picture has the same time.
const ANSWER_TIME: u64 = 30_000;

/// Time after which the question for the profile is repeated when the server refused one.
const RETRY_TIME: u64 = 3_000;

/// Number of refused questions after which the profile cannot be loaded. Of the first one it is not known whether it was that for the profile
/// or that for the statuses.
const MAX_REFUSALS: u32 = 2;

/// When the questions and the save of one page end or are repeated.
#[derive(Clone, Copy, Debug)]
pub struct ProfileTimes {
    /// When saving ends without an answer.
    saving_until: u64,
    /// When the question for the visitor's profile is repeated.
    load_again_at: u64,
    /// Number of questions that the server refused since the dialog was opened.
    refusals: u32,
    /// When the statuses can be asked for again because people came, went or changed.
    next_statuses_at: u64,
}

impl ProfileTimes {
    /// Nothing was asked and nothing is being saved.
    pub const NONE: Self = Self { saving_until: u64::MAX, load_again_at: u64::MAX, refusals: 0, next_statuses_at: 0 };

    /// A step of saving begins: an upload, or the command that saves.
    pub fn on_save_step(&mut self, now: u64) {
        self.saving_until = now + ANSWER_TIME;
    }

    /// Nothing is being saved any more.
    pub fn on_save_end(&mut self) {
        self.saving_until = u64::MAX;
    }

    /// Whether the last step of saving has lasted too long.
    pub fn is_save_late(&self, now: u64) -> bool {
        now >= self.saving_until
    }

    /// The dialog is opened: its refusals count from here on.
    pub fn on_opened(&mut self) {
        self.refusals = 0;
    }

    /// The visitor's own profile is asked for.
    pub fn on_asked(&mut self, now: u64) {
        self.load_again_at = now + ANSWER_TIME;
    }

    /// Whether to ask for the visitor's own profile again, if the dialog still waits for it.
    pub fn is_load_due(&self, now: u64) -> bool {
        now >= self.load_again_at
    }

    /// The server refused a question while the dialog waits for the profile, perhaps with a time in seconds after which to ask again. Returns
    /// whether to ask again; otherwise the profile cannot be loaded.
    pub fn on_refused(&mut self, now: u64, retry_after: Option<u32>) -> bool {
        self.refusals += 1;
        let asks_again = self.refusals < MAX_REFUSALS;
        if asks_again {
            self.load_again_at = now + retry_after.map_or(RETRY_TIME, |seconds| u64::from(seconds) * 1000);
        }
        asks_again
    }

    /// The statuses of the people in the room are to be asked for. `random` spreads the questions in a large room.
    pub fn on_statuses_wanted(&mut self, now: u64, is_large: bool, random: u32) {
        let large = || LARGE_ROOM_STATUS_INTERVAL + u64::from(random) % LARGE_ROOM_STATUS_INTERVAL;
        self.next_statuses_at = now + if is_large { large() } else { STATUS_INTERVAL };
    }

    /// Whether to ask for the statuses because people came, went or changed.
    pub fn are_statuses_due(&self, now: u64) -> bool {
        now >= self.next_statuses_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_of_saving_has_its_own_time_limit() {
        let mut times = ProfileTimes::NONE;
        assert!(!times.is_save_late(u64::MAX - 1), "nothing is being saved");
        times.on_save_step(5);
        assert_eq!([4, 5].map(|now| times.is_save_late(now + ANSWER_TIME)), [false, true]);
        times.on_save_step(10_000);
        assert_eq!([9_999, 10_000].map(|now| times.is_save_late(now + ANSWER_TIME)), [false, true], "after the upload");
        times.on_save_end();
        assert!(!times.is_save_late(u64::MAX - 1));
    }

    #[test]
    fn a_question_without_an_answer_is_repeated() {
        let mut times = ProfileTimes::NONE;
        assert!(!times.is_load_due(u64::MAX - 1), "nothing was asked");
        times.on_asked(5);
        assert_eq!([4, 5].map(|now| times.is_load_due(now + ANSWER_TIME)), [false, true]);
        times.on_asked(5 + ANSWER_TIME);
        assert_eq!([4, 5].map(|now| times.is_load_due(now + 2 * ANSWER_TIME)), [false, true], "every time");
    }

    #[test]
    fn a_refused_question_is_repeated_once() {
        for (retry_after, pause) in [(None, RETRY_TIME), (Some(7), 7_000)] {
            let mut times = ProfileTimes::NONE;
            times.on_asked(0);
            assert!(times.on_refused(5, retry_after));
            assert_eq!([4, 5].map(|now| times.is_load_due(now + pause)), [false, true], "{retry_after:?}");
            assert!(!times.on_refused(20_000, retry_after), "it cannot be loaded");
            times.on_opened();
            assert!(times.on_refused(30_000, retry_after), "the dialog was opened again");
        }
    }

    #[test]
    fn statuses_are_asked_for_less_often_in_a_large_room() {
        let mut times = ProfileTimes::NONE;
        assert!(times.are_statuses_due(0), "the first time");
        for (is_large, random, interval) in [
            (false, 7, STATUS_INTERVAL),
            (true, 0, LARGE_ROOM_STATUS_INTERVAL),
            (true, 7, LARGE_ROOM_STATUS_INTERVAL + 7),
            (true, 359_999, 2 * LARGE_ROOM_STATUS_INTERVAL - 1),
        ] {
            times.on_statuses_wanted(5, is_large, random);
            assert_eq!([4, 5].map(|now| times.are_statuses_due(now + interval)), [false, true], "{is_large} {random}");
        }
    }
}
