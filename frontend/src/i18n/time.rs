//! Times and durations.

use page_model::calendar::Calendar;
use shared_types::Timestamp;

use crate::i18n::Translations;

impl Translations {
    /// Returns the time of `at`, after its day if `now` is on another day.
    pub(crate) fn moment(&self, calendar: &dyn Calendar, at: Timestamp, now: Timestamp) -> String {
        let time = calendar.time(at);
        if calendar.day(at) == calendar.day(now) { time } else { self.with_comma(&calendar.day_name(at), &time) }
    }

    /// Returns a duration in the largest unit that divides it. Durations above 90 seconds are rounded up to minutes.
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

    /// Returns when the page tries to connect again; 0 means that it is trying now.
    pub(crate) fn retrying(&self, seconds: u32) -> String {
        match seconds {
            0 => self.retrying_now.into(),
            seconds => self.retrying_in.with(&seconds.to_string()),
        }
    }
}
