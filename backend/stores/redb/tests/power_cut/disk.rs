//! A disk in memory that loses power or is full. Each write that was not synced when the power failed is kept, lost or torn.

use std::{
    fmt, io,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use fastrand::Rng;
use redb::{Database, StorageBackend};
use store_redb::store::DatabaseSource;

/// A simulated disk. Clones share it.
#[derive(Clone)]
pub(crate) struct Disk(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Synced content: it survives every power cut.
    synced: Vec<u8>,
    /// Content that reads return: everything that was written.
    current: Vec<u8>,
    /// Changes since the last sync, in order.
    unsynced: Vec<Change>,
    /// Number of changes and syncs until the power fails.
    charge: u64,
    /// Number of syncs so far.
    syncs: u64,
    /// Number of changes until the disk is full; `None` if it has space.
    space: Option<u64>,
    /// Maximum length of the file, if there is one.
    max_length: Option<usize>,
}

enum Change {
    Bytes(usize, Vec<u8>),
    Length(usize),
}

impl Disk {
    /// Returns an empty disk without power.
    pub(crate) fn new() -> Self {
        Self(Arc::default())
    }

    /// Gives the disk power for a number of changes and syncs.
    pub(crate) fn charge(&self, charge: u64) {
        self.lock().charge = charge;
    }

    /// Returns whether the disk has no power.
    pub(crate) fn is_off(&self) -> bool {
        self.lock().charge == 0
    }

    /// Makes the disk full after a number of changes: every change fails from then on, as on a file system that copies on write.
    pub(crate) fn fill_after(&self, changes: u64) {
        self.lock().space = Some(changes);
    }

    /// Makes the disk full for a file that grows: changes within its present length are made, as on other file systems.
    pub(crate) fn stop_growth(&self) {
        let mut state = self.lock();
        state.max_length = Some(state.current.len());
    }

    /// Gives the disk space again.
    pub(crate) fn make_space(&self) {
        let mut state = self.lock();
        (state.space, state.max_length) = (None, None);
    }

    /// Cuts the power, and loses a random part of the changes that were not synced.
    pub(crate) fn cut(&self, rng: &mut Rng) {
        let mut state = self.lock();
        state.charge = 0;
        for change in std::mem::take(&mut state.unsynced) {
            match rng.u8(0..4) {
                0 | 1 => apply(&mut state.synced, &change),
                2 => apply(&mut state.synced, &torn(change, rng)),
                _ => {}
            }
        }
        state.current = state.synced.clone();
    }

    /// Returns the number of syncs.
    pub(crate) fn syncs(&self) -> u64 {
        self.lock().syncs
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Counts one change or sync. The one at which the power fails is not made.
    fn use_charge(&self) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.lock();
        state.charge = state.charge.saturating_sub(1);
        if state.charge == 0 { Err(io::Error::other("the power is off")) } else { Ok(state) }
    }

    fn change(&self, change: Change) -> io::Result<()> {
        let mut state = self.use_charge()?;
        let is_too_long = state.max_length.is_some_and(|max| change.end() > max);
        if state.space == Some(0) || is_too_long {
            return Err(io::ErrorKind::StorageFull.into());
        }
        state.space = state.space.map(|space| space - 1);
        apply(&mut state.current, &change);
        state.unsynced.push(change);
        Ok(())
    }
}

impl Change {
    /// Returns the length that the file needs for it.
    fn end(&self) -> usize {
        match self {
            Self::Bytes(at, bytes) => at + bytes.len(),
            Self::Length(length) => *length,
        }
    }
}

/// Returns the first or the last part of a write.
fn torn(change: Change, rng: &mut Rng) -> Change {
    match change {
        Change::Bytes(at, bytes) if !bytes.is_empty() => {
            let tear = rng.usize(0..bytes.len());
            if rng.bool() {
                Change::Bytes(at, bytes[..tear].to_vec())
            } else {
                Change::Bytes(at + tear, bytes[tear..].to_vec())
            }
        }
        whole => whole,
    }
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Length(length) => bytes.resize(*length, 0),
        Change::Bytes(at, written) => {
            let end = at + written.len();
            // A write behind the end extends the file.
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[*at..end].copy_from_slice(written);
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.lock().current.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.lock();
        let from = offset as usize;
        let read = state.current.get(from..from + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(read);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.change(Change::Length(length as usize))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.use_charge()?;
        state.syncs += 1;
        for change in std::mem::take(&mut state.unsynced) {
            apply(&mut state.synced, &change);
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.change(Change::Bytes(offset as usize, data.to_vec()))
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a disk of {} bytes", self.lock().current.len())
    }
}

/// Opens the database on a disk.
pub(crate) struct DiskSource {
    pub(crate) disk: Disk,
    /// Size of redb's cache.
    pub(crate) cache_bytes: usize,
    /// How long the store tries to reopen the database.
    pub(crate) reopen_within: Duration,
}

impl DiskSource {
    pub(crate) fn of(disk: &Disk, cache_bytes: usize) -> Self {
        Self { disk: disk.clone(), cache_bytes, reopen_within: Duration::from_secs(60) }
    }
}

impl DatabaseSource for DiskSource {
    fn open(&self) -> Result<Database, redb::Error> {
        Ok(Database::builder().set_cache_size(self.cache_bytes).create_with_backend(self.disk.clone())?)
    }

    fn reopen_within(&self) -> Duration {
        self.reopen_within
    }
}
