//! The uploads that wait for their messages: who may add how many bytes.
//!
//! An upload waits until its message is sent, or until the sweep removes it after an hour. The bound of one address comes first, so that
//! one client cannot take the room of all others. When the bound over all is reached, the address that holds most loses its oldest
//! upload. So an attacker who fills the room from many addresses loses their own uploads.
//!
//! A message is sent when all its images are uploaded. If the images of several people fill the bound of their address, none of them might
//! ever be complete. So the person whose first upload is the oldest goes on, for the images of one message: the others lose uploads, and
//! their pages upload these again.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use shared_types::{PersonId, limits};

/// Maximum bytes of all waiting uploads: 128 of the largest images.
pub(super) const ALL_BYTES: u64 = 128 * limits::IMAGE_BYTES as u64;

/// Maximum bytes of the waiting uploads of one address: 16 of the largest images. An office of ten people sends ten at once.
pub(super) const ADDRESS_BYTES: u64 = ALL_BYTES / 8;

/// Maximum bytes that one person can keep while others at the same address lose uploads: the images of one message.
const PERSON_BYTES: u64 = (limits::MESSAGE_IMAGES * limits::IMAGE_BYTES as usize) as u64;

/// Minimum number of bytes that an upload counts as: what a file takes on a disk.
const BLOCK_BYTES: u64 = 4096;

/// Why an upload cannot begin. `Display` is a sentence for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UploadRefusal {
    /// The same upload is in progress.
    #[error("This image is being uploaded already. Wait until that has ended.")]
    InProgress,
    /// Too many bytes from this address wait for their messages.
    #[error("Too many images from your address wait for their messages. Send those first, or try again in an hour.")]
    AddressFull,
    /// Too many bytes wait for their messages.
    #[error("Too many images wait for their messages. Try again later.")]
    Full,
    /// The disk has too little free space.
    #[error("The disk of this chat is almost full. Text can still be sent; tell the person who runs the chat.")]
    DiskFull,
}

/// The waiting uploads, by file name.
#[derive(Default)]
pub(super) struct WaitingUploads(Mutex<State>);

#[derive(Default)]
struct State {
    uploads: HashMap<String, WaitingUpload>,
    all: u64,
    /// The bytes of each address. Uploads from before the start of the process have none.
    by_address: HashMap<Option<IpAddr>, u64>,
    /// The number of the next upload.
    next: u64,
}

struct WaitingUpload {
    /// Unknown for uploads from before the start of the process.
    person: Option<PersonId>,
    address: Option<IpAddr>,
    bytes: u64,
    /// Its place in the order of uploads.
    number: u64,
    /// Whether the file is complete.
    stored: bool,
    /// Whether it is being received, for the first time or again.
    receiving: bool,
}

/// Room for an upload that is being received. Dropping it gives the room back, unless the upload was stored.
pub(super) struct Reservation {
    waiting: Arc<WaitingUploads>,
    name: String,
}

impl WaitingUploads {
    /// Counts a file that was uploaded before the process started.
    pub(super) fn add_stored(&self, name: &str, bytes: u64) {
        self.lock().insert(name, (None, None), bytes, true);
    }

    /// Reserves room for an upload of a person from an address; `None` has no bound of its own. Returns the room, and the names of the
    /// uploads that have to be removed for it.
    pub(super) fn reserve(
        self: &Arc<Self>,
        name: &str,
        person: &PersonId,
        address: Option<IpAddr>,
        bytes: u64,
    ) -> Result<(Reservation, Vec<String>), UploadRefusal> {
        let mut state = self.lock();
        let mut evicted = Vec::new();
        if let Some(upload) = state.uploads.get_mut(name) {
            if upload.receiving {
                return Err(UploadRefusal::InProgress);
            }
            upload.receiving = true;
        } else {
            let bytes = bytes.max(BLOCK_BYTES);
            while address.is_some() && state.of_address(address) + bytes > ADDRESS_BYTES {
                evicted.push(state.evict_for_person(person, address, bytes).ok_or(UploadRefusal::AddressFull)?);
            }
            while state.all + bytes > ALL_BYTES {
                evicted.push(state.evict_for(address, bytes).ok_or(UploadRefusal::Full)?);
            }
            state.insert(name, (Some(person.clone()), address), bytes, false);
        }
        Ok((Reservation { waiting: self.clone(), name: name.into() }, evicted))
    }

    /// Gives back the room of an upload that was kept or removed.
    pub(super) fn remove(&self, name: &str) {
        let mut state = self.lock();
        match state.uploads.get_mut(name) {
            Some(upload) if upload.receiving => upload.stored = false,
            _ => drop(state.remove(name)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    /// Records that the upload is complete.
    pub(super) fn store(self) {
        if let Some(upload) = self.waiting.lock().uploads.get_mut(&self.name) {
            upload.stored = true;
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut state = self.waiting.lock();
        match state.uploads.get_mut(&self.name) {
            Some(upload) if upload.stored => upload.receiving = false,
            _ => drop(state.remove(&self.name)),
        }
    }
}

impl State {
    fn of_address(&self, address: Option<IpAddr>) -> u64 {
        self.by_address.get(&address).copied().unwrap_or_default()
    }

    fn insert(&mut self, name: &str, (person, address): (Option<PersonId>, Option<IpAddr>), bytes: u64, stored: bool) {
        let bytes = bytes.max(BLOCK_BYTES);
        self.all += bytes;
        *self.by_address.entry(address).or_default() += bytes;
        let upload = WaitingUpload { person, address, bytes, number: self.next, stored, receiving: !stored };
        self.next += 1;
        self.uploads.insert(name.into(), upload);
    }

    fn remove(&mut self, name: &str) -> Option<WaitingUpload> {
        let upload = self.uploads.remove(name)?;
        self.all -= upload.bytes;
        if let Some(bytes) = self.by_address.get_mut(&upload.address) {
            *bytes -= upload.bytes;
            if *bytes == 0 {
                self.by_address.remove(&upload.address);
            }
        }
        Some(upload)
    }

    /// Removes a stored upload of another person at the same address, if the first upload of this person is older than theirs and the person
    /// does not hold more than the images of a message. Returns its name. The person who came last loses the newest one.
    fn evict_for_person(&mut self, person: &PersonId, address: Option<IpAddr>, bytes: u64) -> Option<String> {
        let of_address = || self.uploads.iter().filter(|(_, upload)| upload.address == address);
        let own = || of_address().filter(|(_, upload)| upload.person.as_ref() == Some(person));
        let first = own().map(|(_, upload)| upload.number).min()?;
        if own().map(|(_, upload)| upload.bytes).sum::<u64>() + bytes > PERSON_BYTES {
            return None;
        }
        let mut firsts: HashMap<&PersonId, u64> = HashMap::new();
        for (_, upload) in of_address() {
            if let Some(person) = &upload.person {
                let first = firsts.entry(person).or_insert(upload.number);
                *first = upload.number.min(*first);
            }
        }
        let of_later = of_address().filter(|(_, upload)| !upload.receiving).filter_map(|(name, upload)| {
            let began = *firsts.get(upload.person.as_ref()?)?;
            (began > first).then_some(((began, upload.number), name))
        });
        let name = of_later.max_by_key(|(order, _)| *order)?.1.clone();
        self.remove(&name);
        Some(name)
    }

    /// Removes the oldest stored upload of the address that holds most, if that is more than `address` would hold. Returns its name.
    fn evict_for(&mut self, address: Option<IpAddr>, bytes: u64) -> Option<String> {
        let (&largest, &held) = self.by_address.iter().max_by_key(|(_, held)| **held)?;
        if held <= self.of_address(address) + bytes {
            return None;
        }
        let of_largest = self.uploads.iter().filter(|(_, upload)| upload.address == largest && !upload.receiving);
        let oldest = of_largest.min_by_key(|(_, upload)| upload.number)?.0.clone();
        self.remove(&oldest);
        Some(oldest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMAGE: u64 = limits::IMAGE_BYTES as u64;

    fn address(last: u8) -> Option<IpAddr> {
        Some([192, 0, 2, last].into())
    }

    fn person(id: &str) -> PersonId {
        id.parse().unwrap()
    }

    /// Stores an upload of the largest size.
    fn store(waiting: &Arc<WaitingUploads>, name: &str, from: Option<IpAddr>) -> Result<Vec<String>, UploadRefusal> {
        let (reservation, evicted) = waiting.reserve(name, &person("ann"), from, IMAGE)?;
        reservation.store();
        Ok(evicted)
    }

    #[test]
    fn one_address_cannot_take_the_room_of_the_others() {
        let waiting = Arc::<WaitingUploads>::default();
        for number in 0..16 {
            assert_eq!(store(&waiting, &format!("a{number}"), address(1)), Ok(vec![]));
        }
        assert_eq!(store(&waiting, "a16", address(1)), Err(UploadRefusal::AddressFull));
        assert_eq!(store(&waiting, "b", address(2)), Ok(vec![]));
        waiting.remove("a3");
        assert_eq!(store(&waiting, "a16", address(1)), Ok(vec![]));
    }

    #[test]
    fn the_largest_holder_makes_room_with_its_oldest_upload() {
        let waiting = Arc::<WaitingUploads>::default();
        for holder in 1..=8 {
            for number in 0..16 {
                assert_eq!(store(&waiting, &format!("{holder}-{number}"), address(holder)), Ok(vec![]));
            }
        }
        waiting.remove("8-15");
        assert_eq!(store(&waiting, "new-0", address(9)), Ok(vec![]));
        let evicted = store(&waiting, "new-1", address(9)).unwrap();
        assert!(evicted.len() == 1 && evicted[0].ends_with("-0"), "{evicted:?}");
        assert!(!evicted[0].starts_with("8-"), "eight holds less than the others");
        assert_eq!(waiting.lock().all, ALL_BYTES);
    }

    #[test]
    fn uploads_of_an_earlier_run_make_room_first() {
        let waiting = Arc::<WaitingUploads>::default();
        waiting.add_stored("old", ALL_BYTES - IMAGE);
        assert_eq!(store(&waiting, "one", address(1)), Ok(vec![]));
        assert_eq!(store(&waiting, "two", address(1)), Ok(vec!["old".into()]));
    }

    #[test]
    fn an_upload_is_received_once_at_a_time() {
        let waiting = Arc::<WaitingUploads>::default();
        let first = waiting.reserve("a", &person("ann"), address(1), 1).map(|(reservation, _)| reservation).ok();
        assert_eq!(waiting.reserve("a", &person("ann"), address(1), 1).map(drop), Err(UploadRefusal::InProgress));
        drop(first);
        assert!(waiting.lock().uploads.is_empty() && waiting.lock().by_address.is_empty() && waiting.lock().all == 0);

        assert_eq!(store(&waiting, "a", address(1)), Ok(vec![]));
        assert!(waiting.reserve("a", &person("ann"), address(1), IMAGE).is_ok());
        assert_eq!(waiting.lock().all, IMAGE, "the file of the first time is still there");
    }

    #[test]
    fn an_upload_removed_while_it_is_replaced_gives_its_room_back() {
        let waiting = Arc::<WaitingUploads>::default();
        store(&waiting, "a", address(1)).unwrap();
        let (again, _) = waiting.reserve("a", &person("ann"), address(1), IMAGE).unwrap();
        waiting.remove("a");
        drop(again);
        assert_eq!(waiting.lock().all, 0);
    }

    #[test]
    fn tiny_uploads_count_as_much_as_they_take_on_a_disk() {
        let waiting = Arc::<WaitingUploads>::default();
        let held: Vec<_> = (0..=ADDRESS_BYTES / BLOCK_BYTES)
            .map_while(|number| waiting.reserve(&number.to_string(), &person("ann"), address(1), 1).ok())
            .collect();
        assert_eq!(held.len() as u64, ADDRESS_BYTES / BLOCK_BYTES);
    }

    #[test]
    fn people_at_one_address_do_not_wait_for_each_other() {
        let waiting = Arc::<WaitingUploads>::default();
        let upload = |id: &str, number: usize| {
            let (reservation, evicted) = waiting.reserve(&format!("{id}{number}"), &person(id), address(1), IMAGE)?;
            reservation.store();
            Ok::<_, UploadRefusal>(evicted)
        };
        // Each of three has some of the ten images of a message.
        for number in 0..5 {
            for id in ["ann", "bea", "cy"] {
                assert_eq!(upload(id, number), Ok(vec![]));
            }
        }
        assert_eq!(upload("ann", 5), Ok(vec![]), "16 fit");
        assert_eq!(upload("cy", 5), Err(UploadRefusal::AddressFull), "who came last waits");
        let evicted: Vec<Vec<String>> = (6..10).map(|number| upload("ann", number).unwrap()).collect();
        assert_eq!(evicted, [["cy4"], ["cy3"], ["cy2"], ["cy1"]], "the first one becomes complete");
        assert_eq!(upload("ann", 10), Err(UploadRefusal::AddressFull), "no more than one message");
        for number in 0..10 {
            waiting.remove(&format!("ann{number}"));
        }
        for number in 5..10 {
            assert_eq!(upload("bea", number), Ok(vec![]), "then the next one");
        }
        assert_eq!(waiting.reserve("new", &person("dan"), address(2), IMAGE).map(|(_, evicted)| evicted), Ok(vec![]));
    }
}
