//! Times, and how long something lasts.

use page_model::calendar::Calendar;
use shared_types::Timestamp;

use crate::i18n::Translations;

impl Translations {
    /// A time that is not far: the day stands before it where that is another one.
    pub(crate) fn moment(&self, calendar: &dyn Calendar, at: Timestamp, now: Timestamp) -> String {
        let time = calendar.time(at);
        if calendar.day(at) == calendar.day(now) { time } else { self.with_comma(&calendar.day_name(at), &time) }
    }

    /// A span of time in the largest unit that has a whole number of it; above a minute and a half none is counted in seconds.
    pub(crate) fn span(&self, seconds: u32) -> String {
        let minutes = seconds.div_ceil(60);
        if seconds <= 90 && seconds != 60 {
            return self.seconds.with(&seconds.to_string());
        }
        match minutes {
            _ if minutes.is_multiple_of(1440) => self.days.of((minutes / 1440) as usize),
            _ if minutes.is_multiple_of(60) => self.hours.with(&(minutes / 60).to_string()),
            _ => self.minutes.with(&minutes.to_string()),
        }
    }

    /// What follows [`Translations::offline`]: when the next try is, 0 for one that is under way.
    pub(crate) fn retrying(&self, seconds: u32) -> String {
        match seconds {
            0 => self.retrying_now.into(),
            seconds => self.retrying_in.with(&seconds.to_string()),
        }
    }
}
