//! The device of a person: what all their windows share.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
};

use page_model::unsent_messages::DeviceStorage;

use crate::account::Account;

/// The device of a person.
#[derive(Default)]
pub(crate) struct Device {
    /// The session cookie.
    cookie: Mutex<Option<String>>,
    /// The entries that the pages store.
    entries: Mutex<BTreeMap<String, String>>,
    account: Mutex<Account>,
}

impl Device {
    pub(crate) fn with_cookie(cookie: Option<String>) -> Self {
        Self { cookie: Mutex::new(cookie), ..Self::default() }
    }

    pub(crate) fn cookie(&self) -> MutexGuard<'_, Option<String>> {
        self.cookie.lock().unwrap()
    }

    pub(crate) fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap()
    }
}

impl DeviceStorage for Device {
    fn keys(&self, prefix: &str) -> Vec<String> {
        self.entries.lock().unwrap().keys().filter(|key| key.starts_with(prefix)).cloned().collect()
    }

    fn get(&self, key: &str) -> Option<String> {
        self.entries.lock().unwrap().get(key).cloned()
    }

    fn set(&self, key: &str, value: &str) -> bool {
        self.entries.lock().unwrap().insert(key.into(), value.into());
        true
    }

    fn remove(&self, key: &str) {
        self.entries.lock().unwrap().remove(key);
    }
}
