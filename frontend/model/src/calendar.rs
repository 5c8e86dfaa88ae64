//! Days and times of day without a time zone database: UTC for the server, and the trait [`Calendar`] for the browser's
//! own.

use shared_types::Timestamp;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Formats times for people.
pub trait Calendar {
    /// The day in the reader's time zone, counted from 1970-01-01.
    fn day(&self, at: Timestamp) -> i64;
    /// The name of the day, as a heading.
    fn day_name(&self, at: Timestamp) -> String;
    /// The time of day.
    fn time(&self, at: Timestamp) -> String;
}

/// Writes a day as a heading. Arguments: weekday (Monday = 0), day of the month and month (both from 1), year.
pub type DateFormat = fn(usize, u32, usize, i64) -> String;

/// The calendar of the server and of the hydration in the browser, so that both render the same text. Days are written in
/// the given format.
#[derive(Clone, Copy, Debug)]
pub struct Utc(pub DateFormat);

impl Default for Utc {
    /// Writes days as `YYYY-MM-DD`, for programs without translations.
    fn default() -> Self {
        Self(|_, day, month, year| format!("{year}-{month:02}-{day:02}"))
    }
}

impl Calendar for Utc {
    fn day(&self, at: Timestamp) -> i64 {
        (at.0 / DAY_MS) as i64
    }

    fn day_name(&self, at: Timestamp) -> String {
        let days = self.day(at);
        let (year, month, day) = civil(days);
        // 1970-01-01 was a Thursday, three days after a Monday.
        (self.0)(((days + 3) % 7) as usize, day, month as usize, year)
    }

    fn time(&self, at: Timestamp) -> String {
        let minutes = at.0 % DAY_MS / 60_000;
        let mut time = String::with_capacity(5);
        two_digits(&mut time, minutes / 60);
        time.push(':');
        two_digits(&mut time, minutes % 60);
        time
    }
}

/// The time for `<time datetime>`: RFC 3339, UTC, in seconds.
pub fn machine_time(at: Timestamp) -> String {
    let (year, month, day) = civil((at.0 / DAY_MS) as i64);
    let seconds = at.0 % DAY_MS / 1000;
    let mut time = year.to_string();
    for (separator, number) in [
        ('-', u64::from(month)),
        ('-', u64::from(day)),
        ('T', seconds / 3600),
        (':', seconds / 60 % 60),
        (':', seconds % 60),
    ] {
        time.push(separator);
        two_digits(&mut time, number);
    }
    time.push('Z');
    time
}

fn two_digits(to: &mut String, number: u64) {
    for digit in [number / 10 % 10, number % 10] {
        to.push(char::from(b'0' + digit as u8));
    }
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar. Years are counted from
/// March, so that the leap day is the last day. Then (153 m + 2) / 5 days of the year precede month m.
fn civil(days: i64) -> (i64, u32, u32) {
    // 0000-03-01 is 719,468 days before 1970-01-01, and 400 years have 146,097 days.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as u32, day as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(at: u64, machine: &str, day: &str, time: &str) {
        let (utc, at) = (Utc::default(), Timestamp(at));
        assert_eq!((machine_time(at).as_str(), utc.day_name(at).as_str(), utc.time(at).as_str()), (machine, day, time));
    }

    #[test]
    fn the_epoch_is_the_first_of_january_1970() {
        check(0, "1970-01-01T00:00:00Z", "1970-01-01", "00:00");
    }

    #[test]
    fn leap_years_have_a_29th_of_february() {
        check(951_782_400_000, "2000-02-29T00:00:00Z", "2000-02-29", "00:00");
        check(1_709_251_199_999, "2024-02-29T23:59:59Z", "2024-02-29", "23:59");
    }

    #[test]
    fn the_year_changes_after_december() {
        check(1_798_761_599_000, "2026-12-31T23:59:59Z", "2026-12-31", "23:59");
        check(1_798_761_600_000, "2027-01-01T00:00:00Z", "2027-01-01", "00:00");
    }

    #[test]
    fn the_year_2100_is_no_leap_year() {
        check(4_107_542_400_000, "2100-03-01T00:00:00Z", "2100-03-01", "00:00");
    }
}
