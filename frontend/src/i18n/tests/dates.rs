//! Tests the server's calendar in every language.

use page_model::calendar::{Calendar as _, machine_time};
use shared_types::{Language, Timestamp};

use super::*;

#[track_caller]
fn check(at: u64, machine: &str, day: &str, time: &str) {
    let (utc, at) = (Translations::utc(Language::English), Timestamp(at));
    assert_eq!((machine_time(at).as_str(), utc.day_name(at).as_str(), utc.time(at).as_str()), (machine, day, time));
}

#[test]
fn a_date_is_in_the_language_of_the_reader() {
    let day = |at| Translations::utc(Language::Japanese).day_name(Timestamp(at));
    assert_eq!(day(0), "1970年1月1日木曜日");
    assert_eq!(day(1_795_392_000_000), "2026年11月23日月曜日");
}

#[test]
fn the_unix_epoch_is_a_thursday() {
    check(0, "1970-01-01T00:00:00Z", "Thursday, 1 January 1970", "00:00");
}

#[test]
fn a_leap_year_has_29_february() {
    check(951_782_400_000, "2000-02-29T00:00:00Z", "Tuesday, 29 February 2000", "00:00");
    check(1_709_251_199_999, "2024-02-29T23:59:59Z", "Thursday, 29 February 2024", "23:59");
}

#[test]
fn a_new_year_follows_31_december() {
    check(1_798_761_599_000, "2026-12-31T23:59:59Z", "Thursday, 31 December 2026", "23:59");
    check(1_798_761_600_000, "2027-01-01T00:00:00Z", "Friday, 1 January 2027", "00:00");
}

#[test]
fn the_year_2100_is_not_a_leap_year() {
    check(4_107_542_400_000, "2100-03-01T00:00:00Z", "Monday, 1 March 2100", "00:00");
}
