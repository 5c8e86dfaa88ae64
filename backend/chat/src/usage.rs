//! Usage figures for owners: changes a day, connections, storage, and an estimate of what they cost on AWS.
//!
//! Nothing is counted when a message is sent. The clean-up reads the last revisions of the rooms in the directory and compares them with
//! those of the clean-up before: the difference is what was written in between. So private rooms are not counted, and no figure says who
//! wrote.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use shared_types::{Rev, RoomName, StorageSize, Timestamp, Usage, UsageDay, limits};

use crate::ports::{
    Result,
    connections::Connections,
    messages::Messages,
    room_directory::RoomDirectory,
    system::Clock,
    usage_store::{RoomRevs, UsageLog, UsageStore},
};

/// One day in milliseconds.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Maximum number of rooms whose revisions are kept: twice the directory, because a room that leaves it can return. When it is exceeded,
/// those that are not listed are dropped. 2,100 entries of some 25 bytes are 50 KB, and at most 180 KB, of the 400 KB of an item.
const KEPT_REVS: usize = 2 * limits::DIRECTORY_ROOMS + 100;

/// Number of rooms whose first message is read at the same time.
const ROOMS_AT_ONCE: usize = 16;

/// Counts usage and reads the figures.
#[derive(Clone)]
pub struct UsageCounter {
    /// The figures.
    pub store: Arc<dyn UsageStore>,
    /// The open rooms.
    pub directory: Arc<dyn RoomDirectory>,
    /// The open connections.
    pub connections: Arc<dyn Connections>,
    /// The log, for the age of rooms.
    pub messages: Arc<dyn Messages>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl UsageCounter {
    /// Counts what was written since the last time, and adds it to the present day. The first time only remembers where to begin.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer. The next time counts what this one did not.
    pub async fn count(&self) -> Result<()> {
        let (log, before, entries, connections, storage) = futures::try_join!(
            self.store.log(),
            self.store.counted_revs(),
            self.directory.entries(limits::DIRECTORY_ROOMS),
            self.connections.count(),
            self.store.storage(),
        )?;
        let rooms: Vec<RoomName> = entries.into_iter().map(|entry| entry.room).collect();
        let revs = self.store.last_revs(&rooms).await?;
        let (is_first, mut known) = (log.counted_at.is_none(), before.clone());
        if let Some(counted_at) = log.counted_at {
            known.extend(self.revs_before(counted_at, &before, &revs).await?);
        }
        let changes = if is_first { 0 } else { new_changes(&known, &revs) };
        let now = self.clock.now();
        let days = if is_first { log.days } else { add_to_day(log.days, now, changes, connections) };
        self.store.store(&UsageLog { days, counted_at: Some(now), storage }, &kept_revs(before, revs)).await
    }

    /// Returns the revisions that rooms which were not known before had already at a time: those before the first message, if that is younger,
    /// or else all, so that the history of a room that comes into the directory later is not counted. Costs one read for each of these rooms.
    async fn revs_before(&self, at: Timestamp, known: &RoomRevs, revs: &RoomRevs) -> Result<RoomRevs> {
        let unknown: Vec<_> = revs.iter().filter(|(room, _)| !known.contains_key(*room)).collect();
        let reads: Vec<_> = unknown
            .into_iter()
            .map(|(room, last)| async move {
                let first = self.messages.created_after(room, Rev(0), 1).await?.pop();
                let young = first.filter(|first| first.sent_at > at);
                Ok((room.clone(), young.map_or(*last, |first| Rev(first.seq.0.saturating_sub(1)))))
            })
            .collect();
        stream::iter(reads).buffer_unordered(ROOMS_AT_ONCE).try_collect().await
    }

    /// Returns the figures. The caller checks that an owner asks.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn usage(&self) -> Result<Usage> {
        let (log, connections) = futures::try_join!(self.store.log(), self.connections.count())?;
        let UsageLog { days, counted_at, storage } = log;
        let monthly_cents = monthly_cents(&days, storage, connections, self.clock.now());
        Ok(Usage { days, counted_at, storage, connections, monthly_cents })
    }
}

/// Returns the number of revisions that were taken between two times. Revisions of a restored room may be lower than before.
fn new_changes(before: &RoomRevs, now: &RoomRevs) -> u64 {
    now.iter().map(|(room, rev)| rev.0.saturating_sub(before.get(room).map_or(0, |rev| rev.0))).sum()
}

/// Adds to the day of a time. Keeps the newest days.
fn add_to_day(mut days: Vec<UsageDay>, now: Timestamp, changes: u64, connections: u32) -> Vec<UsageDay> {
    let day = day_of(now);
    match days.last_mut().filter(|last| last.day >= day) {
        Some(last) => {
            last.changes += changes;
            last.connections = last.connections.max(connections);
        }
        None => days.push(UsageDay { day, changes, connections }),
    }
    let surplus = days.len().saturating_sub(limits::USAGE_DAYS);
    days.split_off(surplus)
}

/// Returns the revisions to keep: a room that is not listed any more keeps its old one.
fn kept_revs(before: RoomRevs, now: RoomRevs) -> RoomRevs {
    let mut kept = before;
    kept.extend(now.clone());
    if kept.len() > KEPT_REVS { now } else { kept }
}

fn day_of(time: Timestamp) -> Timestamp {
    Timestamp(time.0 / DAY_MS * DAY_MS)
}

/// Dollars of one change for each page that gets it: the frame, and half a frame more, because others are told that somebody is typing.
const DOLLARS_OF_DELIVERY: f64 = 1.43e-6;
/// Dollars of one change beside that: the frame that comes in and its `typing`, five writes and reads, and two requests to functions.
const DOLLARS_OF_CHANGE: f64 = 1.43e-6 + 5.0 * 0.625e-6 + 5.0 * 0.125e-6 + 2.0 * 0.40e-6;
/// Dollars of a page that is open eight hours a day, in a month: minutes of its socket, and what it asks and reports.
const DOLLARS_OF_PAGE: f64 = 0.0179;
/// Dollars of a GB of messages in a month, with the storage of their recovery.
const DOLLARS_OF_MESSAGE_GB: f64 = 0.25 + 0.20;
/// Dollars of a GB of images in a month.
const DOLLARS_OF_IMAGE_GB: f64 = 0.023;

/// Estimates what a month costs on AWS, in cents, from the whole days and the storage. `docs/costs.md` has the example that the constants
/// are from. Every page is taken to get every change, so a chat of many rooms costs less.
fn monthly_cents(days: &[UsageDay], storage: StorageSize, connections: u32, now: Timestamp) -> Option<u64> {
    let whole: Vec<_> = days.iter().filter(|day| day.day < day_of(now)).collect();
    let number = whole.len() as f64;
    let changes = whole.iter().map(|day| day.changes as f64).sum::<f64>() / number;
    let pages = f64::from(whole.iter().map(|day| day.connections).max()?.max(connections));
    let gigabytes = |bytes: Option<u64>| bytes.unwrap_or_default() as f64 / 1e9;
    let dollars = 30.0 * changes * (DOLLARS_OF_CHANGE + pages * DOLLARS_OF_DELIVERY)
        + pages * DOLLARS_OF_PAGE
        + gigabytes(storage.messages) * DOLLARS_OF_MESSAGE_GB
        + gigabytes(storage.images) * DOLLARS_OF_IMAGE_GB;
    // A price is positive, and casting saturates.
    Some((dollars * 100.0).ceil() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: u64, changes: u64, connections: u32) -> UsageDay {
        UsageDay { day: Timestamp(number * DAY_MS), changes, connections }
    }

    fn revs(rooms: &[(&str, u64)]) -> RoomRevs {
        rooms.iter().map(|(room, rev)| (room.parse().unwrap(), shared_types::Rev(*rev))).collect()
    }

    #[test]
    fn changes_are_the_difference_of_the_revisions() {
        for (before, now, changes) in [
            (&[][..], &[("lobby", 3)][..], 3),
            (&[("lobby", 3)], &[("lobby", 5), ("cats", 4)], 6),
            (&[("lobby", 3), ("cats", 4)], &[("lobby", 3)], 0),
            (&[("lobby", 30)], &[("lobby", 5)], 0),
        ] {
            assert_eq!(new_changes(&revs(before), &revs(now)), changes, "{before:?} {now:?}");
        }
        let kept = kept_revs(revs(&[("lobby", 3), ("cats", 4)]), revs(&[("lobby", 5)]));
        assert_eq!(kept, revs(&[("lobby", 5), ("cats", 4)]), "a room that returns to the directory is not new");
    }

    #[test]
    fn counts_of_one_day_are_added_and_old_days_are_dropped() {
        let mut days = Vec::new();
        for hour in 0..24 * 20 {
            days = add_to_day(days, Timestamp(hour * DAY_MS / 24), 2, u32::try_from(hour % 24).unwrap());
        }
        assert_eq!(days.len(), limits::USAGE_DAYS);
        assert_eq!(days.last(), Some(&day(19, 48, 23)));
        assert_eq!(days[0].day, Timestamp((20 - limits::USAGE_DAYS as u64) * DAY_MS));
        // A clock that went back does not add a day before the last one.
        assert_eq!(add_to_day(days.clone(), Timestamp(0), 1, 0).last(), Some(&day(19, 49, 23)));
    }

    #[test]
    fn the_estimate_is_that_of_the_example_in_the_documents() {
        let week: Vec<_> = (0..7).map(|number| day(number, 1_000, 10)).collect();
        let now = Timestamp(7 * DAY_MS + 5);
        let cents = monthly_cents(&week, StorageSize::default(), 0, now).unwrap();
        let costs = include_str!("../../../docs/costs.md");
        let together = costs.lines().find_map(|line| line.strip_prefix("| **together** | | | **$")).unwrap();
        let documented: f64 = together.trim_end_matches("** |").parse().unwrap();
        assert!((cents as f64 / 100.0 - documented).abs() < 0.03, "{cents} cents, {documented} dollars");
        let gigabyte = StorageSize { messages: Some(1_000_000_000), images: Some(1_000_000_000), more_images: false };
        // 47.3 cents more, rounded up.
        let more = monthly_cents(&week, gigabyte, 0, now).unwrap() - cents;
        assert!((47..=48).contains(&more), "{more}");
        assert!(monthly_cents(&week, StorageSize::default(), 20, now).unwrap() > cents);
    }

    #[test]
    fn without_a_whole_day_there_is_no_estimate() {
        assert_eq!(monthly_cents(&[], StorageSize::default(), 3, Timestamp(5)), None);
        assert_eq!(monthly_cents(&[day(3, 5, 1)], StorageSize::default(), 3, Timestamp(3 * DAY_MS + 5)), None);
    }
}
