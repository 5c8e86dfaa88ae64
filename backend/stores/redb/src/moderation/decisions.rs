//! Decisions of moderators in memory: each message asks for two, and they change a few times a day.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Maximum number of decisions in memory, about 100 bytes each: 1 MB, and 50 MB if all were details of the maximum length. Beyond it all
/// are dropped.
const MAX_DECISIONS: usize = 10_000;

/// What is stored at a key: the JSON, or nothing.
type Stored = Option<Arc<[u8]>>;

/// The stored values by the name of their table and their key. Clones share them.
///
/// Only this process writes to the store, so values change only by its writes.
#[derive(Clone, Default)]
pub(super) struct Decisions(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    values: HashMap<(String, String), Stored>,
    /// Number of writes that have ended. A value that was read before the end of a write may be older than it.
    writes: u64,
}

/// A write. Dropping it forgets all values, so it has to live until the write has ended, whatever its result.
pub(super) struct WriteInProgress(Decisions);

impl Decisions {
    /// Returns what is known of a key, or else the number that [`keep`](Self::keep) needs.
    pub(super) fn get(&self, table: &str, key: &str) -> Result<Stored, u64> {
        let state = self.lock();
        state.values.get(&(table.to_owned(), key.to_owned())).cloned().ok_or(state.writes)
    }

    /// Keeps a value that was read after [`get`](Self::get) had returned this number.
    pub(super) fn keep(&self, table: &str, key: &str, value: Stored, writes: u64) {
        let mut state = self.lock();
        if state.writes != writes {
            return;
        }
        if state.values.len() >= MAX_DECISIONS {
            state.values.clear();
        }
        state.values.insert((table.to_owned(), key.to_owned()), value);
    }

    /// Returns a guard for a write.
    pub(super) fn write(&self) -> WriteInProgress {
        WriteInProgress(self.clone())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for WriteInProgress {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.values.clear();
        state.writes += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Stored {
        Some(text.as_bytes().into())
    }

    #[test]
    fn a_write_forgets_what_was_known() {
        let decisions = Decisions::default();
        let writes = decisions.get("rules", "cats").unwrap_err();
        decisions.keep("rules", "cats", value("old"), writes);
        assert_eq!(decisions.get("rules", "cats"), Ok(value("old")));
        drop(decisions.write());
        assert!(decisions.get("rules", "cats").is_err());
    }

    #[test]
    fn a_value_read_before_a_write_ended_is_not_kept_after_it() {
        let decisions = Decisions::default();
        let write = decisions.write();
        let writes = decisions.get("rules", "cats").unwrap_err();
        drop(write);
        decisions.keep("rules", "cats", value("old"), writes);
        assert!(decisions.get("rules", "cats").is_err());
    }

    #[test]
    fn the_number_of_decisions_is_bounded() {
        let decisions = Decisions::default();
        for number in 0..2 * MAX_DECISIONS {
            let key = number.to_string();
            let writes = decisions.get("rules", &key).unwrap_err();
            decisions.keep("rules", &key, None, writes);
        }
        assert!(decisions.lock().values.len() <= MAX_DECISIONS);
    }
}
