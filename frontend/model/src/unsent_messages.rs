//! Unconfirmed messages, stored on the device, so that a reload or a crash of the browser does not lose them.
//!
//! Each message is one entry, so that two windows of a room do not overwrite each other's messages. If both windows
//! send a message, the server stores it once, because the nonce is the same. An entry belongs to its author: another
//! person on the same device neither sees nor sends it, and it is still there when its author returns.

use shared_types::{Nonce, PersonId, RoomName};

use crate::timeline::Draft;

/// The storage of the device, which all windows of a browser share.
pub trait DeviceStorage {
    /// The keys that start with `prefix`, sorted.
    fn keys(&self, prefix: &str) -> Vec<String>;

    /// Reads an entry.
    fn get(&self, key: &str) -> Option<String>;

    /// Writes an entry. Returns whether it survives a reload.
    fn set(&self, key: &str, value: &str) -> bool;

    /// Removes an entry.
    fn remove(&self, key: &str);
}

/// Beginning of the keys of the entries.
pub const PREFIX: &str = "unsent/";

/// Minimum age of a message, in milliseconds, before a page that shows another room sends it: until then, the page that shows its room is
/// probably sending it.
const AGE_MS: u64 = 5_000;

/// Time between two looks for messages of other rooms, in milliseconds.
const LOOK_MS: u64 = 5_000;

/// Maximum time that a visit waits for the next message of its room, in milliseconds. Shorter waits cost less than another visit.
const MAX_WAIT_MS: u64 = 30_000;

/// Maximum time after which a room with slow mode is visited again, in milliseconds: a moderator may have ended slow mode, which lasts up
/// to 18 hours.
const MAX_PAUSE_MS: u64 = 3_600_000;

/// Returns the rooms in which the author has unsent messages on this device.
pub fn rooms_with_unsent(author: &PersonId, device: &impl DeviceStorage) -> Vec<RoomName> {
    let mut rooms: Vec<RoomName> = Vec::new();
    for key in device.keys(PREFIX) {
        // Keys are sorted, so those of a room follow each other.
        if let Some((room, _)) = room_and_time(&key, author).filter(|(room, _)| rooms.last() != Some(room)) {
            rooms.push(room);
        }
    }
    rooms
}

/// Returns the room and the time in the key of a message, if it is the author's.
fn room_and_time(key: &str, author: &PersonId) -> Option<(RoomName, u64)> {
    let (room, entry) = key.strip_prefix(PREFIX)?.split_once('/')?;
    let time = entry.strip_prefix(author.as_str())?.strip_prefix('/')?.split('/').next()?;
    Some((room.parse().ok()?, time.parse().ok()?))
}

/// The rooms that are not shown and have unsent messages of the author.
#[derive(Debug, Default)]
pub struct UnsentElsewhere {
    /// When to look again.
    look_at: u64,
    /// The keys of the messages that were tried in this turn.
    tried: Vec<String>,
    /// When the next turn begins, if a room could not be reached in this one.
    next_turn: Option<u64>,
    /// The rooms that were left because their next message has to wait, and when they are visited again.
    waiting: Vec<(RoomName, u64)>,
    /// The keys of the messages that the server refused. They wait until their author comes to their room.
    refused: Vec<String>,
}

impl UnsentElsewhere {
    /// Returns a room other than `shown` whose messages are to be sent. Each message is returned once in a turn, so that a room that cannot
    /// be reached does not hold up the others.
    pub fn next_room(
        &mut self,
        shown: &RoomName,
        author: &PersonId,
        device: &impl DeviceStorage,
        now: u64,
    ) -> Option<RoomName> {
        if now < self.look_at {
            return None;
        }
        self.look_at = now + LOOK_MS;
        // The page sends the messages of the room that it shows itself. When the visitor leaves it, they have their turn again.
        let shown_prefix = prefix(shown, author);
        self.tried.retain(|key| !key.starts_with(&shown_prefix));
        self.waiting.retain(|(room, until)| room != shown && now < *until);
        let keys = device.keys(PREFIX);
        let due = |key: &String| {
            let (room, time) = room_and_time(key, author)?;
            // The clock may have been set back.
            let is_old = now.abs_diff(time) >= AGE_MS;
            let is_elsewhere = room != *shown && self.waiting.iter().all(|(waiting, _)| *waiting != room);
            (is_old && is_elsewhere && !self.tried.contains(key) && !self.refused.contains(key)).then_some(room)
        };
        let room: Option<RoomName> = keys.iter().find_map(due);
        let Some(room) = room else {
            if self.next_turn.take_if(|at| now >= *at).is_some() {
                self.tried.clear();
            }
            return None;
        };
        let prefix = prefix(&room, author);
        self.tried.extend(keys.into_iter().filter(|key| key.starts_with(&prefix)));
        Some(room)
    }

    /// Begins another turn at `at`, in milliseconds, after all rooms have had theirs: one could not be reached.
    pub fn retry_later(&mut self, at: u64) {
        self.next_turn = Some(at);
    }

    /// Returns whether a visit of a room has to end because its next message may only be sent in so many seconds: others have their turn
    /// meanwhile. The room has its own again when the time is over.
    pub fn leaves_slow_room(&mut self, room: &RoomName, author: &PersonId, seconds: Option<u32>, now: u64) -> bool {
        let wait = seconds.map_or(0, |seconds| u64::from(seconds) * 1000);
        let leaves = wait > MAX_WAIT_MS;
        if leaves {
            let prefix = prefix(room, author);
            self.tried.retain(|key| !key.starts_with(&prefix));
            self.waiting.push((room.clone(), now + wait.min(MAX_PAUSE_MS)));
        }
        leaves
    }

    /// Begins another turn: the network was lost. What has to wait still does.
    pub fn retry(&mut self) {
        self.tried.clear();
        self.look_at = 0;
    }

    /// Leaves messages that were refused to their author.
    pub fn leave_refused(&mut self, refused: &UnsentMessages) {
        self.refused.extend(refused.entries.iter().map(|entry| entry.key.clone()));
    }
}

/// Returns how the keys of an author's messages in a room begin.
fn prefix(room: &RoomName, author: &PersonId) -> String {
    [PREFIX, room.as_str(), "/", author.as_str(), "/"].concat()
}

/// The stored messages of one author in one room.
#[derive(Debug)]
pub struct UnsentMessages {
    prefix: String,
    entries: Vec<Entry>,
    /// The time in the newest key, in milliseconds.
    newest: u64,
}

/// The entry of an unsent message.
#[derive(Debug)]
struct Entry {
    key: String,
    nonce: Nonce,
    /// Whether it survives a reload. If storage is full or forbidden, it lasts until the page is left.
    is_stored: bool,
}

impl UnsentMessages {
    /// Opens the entries of an author in a room. Returns the messages that earlier pages and other windows stored, oldest first.
    pub fn open(room: &RoomName, author: &PersonId, device: &impl DeviceStorage) -> (Self, Vec<Draft>) {
        Self::open_those(|_| true, room, author, device)
    }

    /// Opens the messages without images, as [`UnsentMessages::open`]. The others stay as they are: if the server does not have an image any
    /// more, only the page of their room can say so.
    pub fn open_texts(room: &RoomName, author: &PersonId, device: &impl DeviceStorage) -> (Self, Vec<Draft>) {
        Self::open_those(|draft| draft.image.is_none(), room, author, device)
    }

    fn open_those(
        is_opened: impl Fn(&Draft) -> bool,
        room: &RoomName,
        author: &PersonId,
        device: &impl DeviceStorage,
    ) -> (Self, Vec<Draft>) {
        let prefix = prefix(room, author);
        let (mut entries, mut drafts, mut newest) = (Vec::new(), Vec::new(), 0);
        // Keys contain the time before the nonce, so they are sorted by time. It has 13 digits until the year 2286.
        for key in device.keys(&prefix) {
            if let Some(draft) = device.get(&key).and_then(|stored| Draft::from_stored(&stored)).filter(&is_opened) {
                let time = key[prefix.len()..].split('/').next().and_then(|time| time.parse().ok());
                newest = newest.max(time.unwrap_or_default());
                entries.push(Entry { key, nonce: draft.nonce.clone(), is_stored: false });
                drafts.push(draft);
            }
        }
        (Self { prefix, entries, newest }, drafts)
    }

    /// Whether every unsent message is stored and survives a reload.
    pub fn is_complete(&self) -> bool {
        self.entries.iter().all(|entry| entry.is_stored)
    }

    /// Updates the entries to the messages that are unsent at `now`, in milliseconds.
    pub fn update(&mut self, device: &impl DeviceStorage, unsent: &[Draft], now: u64) {
        self.entries.retain(|Entry { key, nonce, .. }| {
            let is_unsent = unsent.iter().any(|draft| draft.nonce == *nonce);
            if !is_unsent {
                device.remove(key);
            }
            is_unsent
        });
        for draft in unsent {
            let entry = self.entry(draft, now);
            // An entry that could not be stored is tried again.
            entry.is_stored = entry.is_stored || device.set(&entry.key, &draft.to_stored());
        }
    }

    /// Returns the entry of a message. A new one gets a key with the time `now`, or a later one: the nonce would decide the order of
    /// messages of the same millisecond, and the device's clock may be set back.
    fn entry(&mut self, draft: &Draft, now: u64) -> &mut Entry {
        let known = self.entries.iter().position(|entry| entry.nonce == draft.nonce);
        let index = known.unwrap_or_else(|| {
            self.newest = now.max(self.newest + 1);
            let key = [&self.prefix, self.newest.to_string().as_str(), "/", draft.nonce.as_str()].concat();
            self.entries.push(Entry { key, nonce: draft.nonce.clone(), is_stored: false });
            self.entries.len() - 1
        });
        &mut self.entries[index]
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::BTreeMap};

    use shared_types::json;

    use super::*;

    #[derive(Default)]
    struct Device(RefCell<BTreeMap<String, String>>);

    impl DeviceStorage for Device {
        fn keys(&self, prefix: &str) -> Vec<String> {
            self.0.borrow().keys().filter(|key| key.starts_with(prefix)).cloned().collect()
        }

        fn get(&self, key: &str) -> Option<String> {
            self.0.borrow().get(key).cloned()
        }

        fn set(&self, key: &str, value: &str) -> bool {
            self.0.borrow_mut().insert(key.into(), value.into());
            true
        }

        fn remove(&self, key: &str) {
            self.0.borrow_mut().remove(key);
        }
    }

    fn draft(nonce: &str) -> Draft {
        Draft { nonce: nonce.parse().unwrap(), text: "hi".parse().ok(), image: None, reply_to: None, thread: None }
    }

    fn open(device: &Device, author: &str) -> (UnsentMessages, Vec<String>) {
        let (unsent, drafts) = UnsentMessages::open(&RoomName::lobby(), &author.parse().unwrap(), device);
        (unsent, drafts.iter().map(|draft| draft.nonce.to_string()).collect())
    }

    #[test]
    fn messages_of_one_moment_keep_their_order() {
        let device = Device::default();
        let (mut unsent, _) = open(&device, "ann");
        unsent.update(&device, &[draft("z"), draft("a")], 1_700_000_000_000);
        // The clock was set back.
        unsent.update(&device, &[draft("z"), draft("a"), draft("m")], 1_600_000_000_000);
        let (mut reopened, drafts) = open(&device, "ann");
        assert_eq!(drafts, ["z", "a", "m"]);
        reopened.update(&device, &["z", "a", "m", "b"].map(draft), 1_700_000_000_000);
        assert_eq!(open(&device, "ann").1, ["z", "a", "m", "b"]);
    }

    #[test]
    fn messages_of_other_rooms_are_returned_once_in_a_turn() {
        let device = Device::default();
        let [shown, other, third] =
            ["lobby", "cats", "dogs"].map(|room| room.parse::<RoomName>().unwrap()).map(|room| {
                let person = "ann".parse::<PersonId>().unwrap();
                UnsentMessages::open(&room, &person, &device).0.update(&device, &[draft("a")], 1_700_000_000_000);
                room
            });
        let ann: PersonId = "ann".parse().unwrap();
        let mut elsewhere = UnsentElsewhere::default();
        let next = |elsewhere: &mut UnsentElsewhere, person: &PersonId, now| {
            elsewhere.next_room(&shown, person, &device, 1_700_000_000_000 + now)
        };
        assert_eq!(next(&mut elsewhere, &ann, AGE_MS - 1), None, "its page may be sending it");
        assert_eq!(next(&mut elsewhere, &ann, AGE_MS), None, "not looked at again so soon");
        assert_eq!(next(&mut elsewhere, &ann, 2 * AGE_MS), Some(other.clone()));
        elsewhere.retry_later(1_700_000_000_000 + 5 * AGE_MS);
        assert_eq!(
            next(&mut elsewhere, &ann, 3 * AGE_MS),
            Some(third.clone()),
            "a room that was not reached waits for the others"
        );
        assert_eq!(next(&mut elsewhere, &ann, 4 * AGE_MS), None);
        assert_eq!(next(&mut elsewhere, &ann, 5 * AGE_MS), None, "the next turn begins");
        assert_eq!(next(&mut elsewhere, &"an".parse().unwrap(), 6 * AGE_MS), None, "another person on the device");
        assert_eq!(next(&mut elsewhere, &ann, 7 * AGE_MS), Some(other.clone()));
        elsewhere.leave_refused(&UnsentMessages::open_texts(&other, &ann, &device).0);
        elsewhere.retry();
        assert_eq!(next(&mut elsewhere, &ann, 8 * AGE_MS), Some(third), "a refused message is not sent again");
    }

    /// Stores an unsent message of Ann in each of these rooms.
    fn store_in(device: &Device, rooms: &[&str], now: u64) {
        for room in rooms {
            let (mut unsent, _) = UnsentMessages::open(&room.parse().unwrap(), &"ann".parse().unwrap(), device);
            unsent.update(device, &[draft("a")], now);
        }
    }

    #[test]
    fn a_room_with_slow_mode_does_not_hold_up_the_others() {
        let (device, start) = (Device::default(), 1_700_000_000_000);
        let (shown, ann): (RoomName, PersonId) = (RoomName::lobby(), "ann".parse().unwrap());
        let [cats, dogs] = ["cats", "dogs"].map(|room| room.parse::<RoomName>().unwrap());
        store_in(&device, &["cats", "dogs"], start);
        let mut elsewhere = UnsentElsewhere::default();
        let next = |elsewhere: &mut UnsentElsewhere, now| elsewhere.next_room(&shown, &ann, &device, start + now);
        assert_eq!(next(&mut elsewhere, 10_000), Some(cats.clone()));
        for seconds in [None, Some(30)] {
            assert!(!elsewhere.leaves_slow_room(&cats, &ann, seconds, start + 10_000), "the visit waits {seconds:?}");
        }
        assert!(elsewhere.leaves_slow_room(&cats, &ann, Some(900), start + 10_000));
        assert_eq!(next(&mut elsewhere, 15_000), Some(dogs), "the other room has its turn");
        elsewhere.retry();
        store_in(&device, &["dogs"], start);
        assert_eq!(next(&mut elsewhere, 20_000), Some("dogs".parse().unwrap()), "also after the network was lost");
        assert_eq!(next(&mut elsewhere, 900_000), None);
        assert_eq!(next(&mut elsewhere, 910_000), Some(cats.clone()), "its time is over");
        assert!(elsewhere.leaves_slow_room(&cats, &ann, Some(60_000), start + 910_000));
        assert_eq!(next(&mut elsewhere, 910_000 + MAX_PAUSE_MS - 1), None);
        assert_eq!(next(&mut elsewhere, 920_000 + MAX_PAUSE_MS), Some(cats), "slow mode may have ended");
    }

    #[test]
    fn the_messages_of_a_room_that_was_shown_meanwhile_have_another_turn() {
        let (device, start) = (Device::default(), 1_700_000_000_000);
        let ann: PersonId = "ann".parse().unwrap();
        let [cats, dogs] = ["cats", "dogs"].map(|room| room.parse::<RoomName>().unwrap());
        store_in(&device, &["cats"], start);
        let mut elsewhere = UnsentElsewhere::default();
        let mut next = |shown: &RoomName, now: u64| {
            elsewhere.next_room(shown, &ann, &device, start + now).map(|room| room.to_string())
        };
        assert_eq!(next(&dogs, 10_000).as_deref(), Some("cats"));
        assert_eq!(next(&dogs, 20_000), None, "it was tried");
        assert_eq!(next(&cats, 30_000), None, "its page sends it");
        assert_eq!(next(&dogs, 40_000).as_deref(), Some("cats"));
    }

    #[test]
    fn rooms_with_unsent_messages_are_those_of_the_author() {
        let (device, start) = (Device::default(), 1_700_000_000_000);
        store_in(&device, &["dogs", "cats"], start);
        let (mut more, _) = UnsentMessages::open(&"cats".parse().unwrap(), &"ann".parse().unwrap(), &device);
        more.update(&device, &["a", "b"].map(draft), start);
        device.set("unsent/No Room/ann/1700000000000/a", "");
        device.set("unsent/mice", "");
        let rooms = |author: &str| {
            let rooms = rooms_with_unsent(&author.parse().unwrap(), &device);
            rooms.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(rooms("ann"), ["cats", "dogs"]);
        assert_eq!((rooms("an"), rooms("anna")), (Vec::new(), Vec::new()), "other people on the device");
    }

    #[test]
    fn a_message_with_an_image_stays_when_texts_are_sent() {
        let device = Device::default();
        let image = Draft {
            image: json::from_str(r#"{"type":"image/png","size":9,"width":1,"height":1}"#).ok(),
            ..draft("image")
        };
        assert!(image.image.is_some());
        open(&device, "ann").0.update(&device, &[image, draft("text")], 1_700_000_000_000);
        let (mut texts, drafts) = UnsentMessages::open_texts(&RoomName::lobby(), &"ann".parse().unwrap(), &device);
        assert_eq!(drafts.iter().map(|draft| draft.nonce.as_str()).collect::<Vec<_>>(), ["text"]);
        texts.update(&device, &[], 1_700_000_000_001);
        assert_eq!(open(&device, "ann").1, ["image"]);
    }

    #[test]
    fn two_windows_keep_each_other_s_messages() {
        let device = Device::default();
        let (mut one, _) = open(&device, "ann");
        one.update(&device, &[draft("a")], 1_700_000_000_000);
        let (mut other, drafts) = open(&device, "ann");
        assert_eq!(drafts, ["a"]);
        assert_eq!(open(&device, "bea").1, [""; 0], "another person on the device");
        other.update(&device, &[draft("a"), draft("b")], 1_700_000_000_001);
        one.update(&device, &[], 1_700_000_000_002);
        assert_eq!(open(&device, "ann").1, ["b"]);
        assert!(one.is_complete() && other.is_complete());
    }
}
