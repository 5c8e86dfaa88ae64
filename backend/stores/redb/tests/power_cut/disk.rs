//! A disk in memory that loses power: what was not synced by then is kept, lost or torn, write by write.

use std::{
    fmt, io,
    sync::{Arc, Mutex, MutexGuard},
};

use fastrand::Rng;
use redb::StorageBackend;

/// Clones are the same disk.
#[derive(Clone)]
pub(crate) struct Disk(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// What no power cut can take.
    settled: Vec<u8>,
    /// What is read: everything that was written.
    seen: Vec<u8>,
    /// What was written since the last sync, in its order.
    unsettled: Vec<Change>,
    /// So many changes and syncs yet, and the power goes.
    charge: u64,
    /// So many syncs until now.
    syncs: u64,
}

enum Change {
    Bytes(usize, Vec<u8>),
    Length(usize),
}

impl Disk {
    /// An empty one without power.
    pub(crate) fn new() -> Self {
        Self(Arc::default())
    }

    /// Gives it power for so many changes and syncs.
    pub(crate) fn charge(&self, charge: u64) {
        self.lock().charge = charge;
    }

    /// Whether the power is gone.
    pub(crate) fn is_dark(&self) -> bool {
        self.lock().charge == 0
    }

    /// The power goes, if it has not yet, and takes a random part of what was not synced.
    pub(crate) fn cut(&self, dice: &mut Rng) {
        let mut state = self.lock();
        state.charge = 0;
        for change in std::mem::take(&mut state.unsettled) {
            match dice.u8(0..4) {
                0 | 1 => apply(&mut state.settled, &change),
                2 => apply(&mut state.settled, &torn(change, dice)),
                _ => {}
            }
        }
        state.seen = state.settled.clone();
    }

    /// How often it was asked to settle what was written.
    pub(crate) fn syncs(&self) -> u64 {
        self.lock().syncs
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Uses up one change or sync; the one at which the power goes does not happen any more.
    fn use_charge(&self) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.lock();
        state.charge = state.charge.saturating_sub(1);
        if state.charge == 0 { Err(io::Error::other("the power is gone")) } else { Ok(state) }
    }

    fn change(&self, change: Change) -> io::Result<()> {
        let mut state = self.use_charge()?;
        apply(&mut state.seen, &change);
        state.unsettled.push(change);
        Ok(())
    }
}

/// The first or the last part of a write.
fn torn(change: Change, dice: &mut Rng) -> Change {
    match change {
        Change::Bytes(at, bytes) if !bytes.is_empty() => {
            let tear = dice.usize(0..bytes.len());
            if dice.bool() {
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
            // A file grows by what is written behind its end.
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[*at..end].copy_from_slice(written);
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.lock().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.lock();
        let from = offset as usize;
        let read = state.seen.get(from..from + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(read);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.change(Change::Length(length as usize))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.use_charge()?;
        state.syncs += 1;
        for change in std::mem::take(&mut state.unsettled) {
            apply(&mut state.settled, &change);
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.change(Change::Bytes(offset as usize, data.to_vec()))
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a disk of {} bytes", self.lock().seen.len())
    }
}
