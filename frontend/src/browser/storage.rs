//! The browser's storage on this device.

use std::sync::atomic::{AtomicBool, Ordering};

use js_sys::{Object, Reflect};
use leptos::prelude::*;
use page_model::{
    sorted,
    unsent_messages::{self, DeviceStorage},
};
use shared_types::{PersonId, PersonName, RoomName, Seq};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Storage;

use crate::{browser::js, ui::parts::window_events::on_window_event};

/// Property of the window with the entries that could not be stored.
const MEMORY: &str = "unstored";

/// Key of the visited rooms.
pub(crate) const ROOMS: &str = "rooms";

/// Beginning of the keys of read positions.
const READ: &str = "read/";

/// Returns the name that a person chose in this browser, if the server has not confirmed it.
pub(crate) fn unsent_name(person: &PersonId) -> Option<PersonName> {
    read(&unsent_name_key(person))?.parse().ok()
}

/// Returns the key of the name that a person chose. Another person in this browser does not send it.
pub(crate) fn unsent_name_key(person: &PersonId) -> String {
    ["name/", person.as_str()].concat()
}

/// Returns the stored read position in a room.
pub(crate) fn read_position(room: &RoomName) -> Option<Seq> {
    read(&read_position_key(room))?.parse().ok().map(Seq)
}

/// Stores the read position in a room, unless another page has stored a higher one.
pub(crate) fn store_read_position(room: &RoomName, read: Seq) {
    if read_position(room).is_none_or(|stored| stored < read) {
        write(&read_position_key(room), &read.0.to_string());
    }
}

/// Calls `act` when another page of this browser stores the visited rooms, a read position or an unsent message.
pub(crate) fn on_rooms_changed(act: impl Fn() + 'static) {
    on_window_event("storage", move |event| {
        let key = js::property(&event, "key").as_string();
        if key.is_some_and(|key| {
            key == ROOMS || [READ, unsent_messages::PREFIX].iter().any(|start| key.starts_with(start))
        }) {
            act();
        }
    });
}

fn read_position_key(room: &RoomName) -> String {
    [READ, room.as_str()].concat()
}

/// Whether the visitor signed out: nothing is stored from then on.
static SIGNED_OUT: AtomicBool = AtomicBool::new(false);

/// Whether the visitor signed out, here or on another page of this host.
pub(crate) fn has_signed_out() -> bool {
    SIGNED_OUT.load(Ordering::Relaxed)
}

/// Entries of this page. Where the browser forbids storage or has no space left, they are in the window: they outlive a
/// failed instance of the program (`Trunk.toml`), but no reload.
pub(crate) struct Store {
    /// `None` if storage is forbidden or the visitor signed out.
    storage: Option<Storage>,
}

/// Returns the entries of this device.
pub(crate) fn device() -> Store {
    Store { storage: allowed(window().local_storage()) }
}

/// Returns the entries of this tab.
pub(crate) fn tab() -> Store {
    Store { storage: allowed(window().session_storage()) }
}

fn allowed(storage: Result<Option<Storage>, JsValue>) -> Option<Storage> {
    storage.ok()?.filter(|_| !has_signed_out())
}

impl Store {
    /// Reads an entry.
    pub(crate) fn get(&self, key: &str) -> Option<String> {
        let stored = self.storage.as_ref().and_then(|storage| storage.get_item(key).ok()?);
        stored.or_else(|| js::property(&memory(), key).as_string())
    }

    /// Writes an entry. Returns whether it survives a reload.
    pub(crate) fn set(&self, key: &str, value: &str) -> bool {
        let is_stored = self.storage.as_ref().is_some_and(|storage| storage.set_item(key, value).is_ok());
        if is_stored {
            _ = Reflect::delete_property(&memory(), &key.into());
        } else if !has_signed_out() {
            _ = Reflect::set(&memory(), &key.into(), &value.into());
        }
        is_stored
    }

    /// Removes an entry.
    pub(crate) fn remove(&self, key: &str) {
        if let Some(storage) = &self.storage {
            _ = storage.remove_item(key);
        }
        _ = Reflect::delete_property(&memory(), &key.into());
    }

    /// Returns the keys that start with `prefix`, sorted.
    pub(crate) fn keys(&self, prefix: &str) -> Vec<String> {
        let length = self.storage.as_ref().and_then(|storage| storage.length().ok()).unwrap_or(0);
        let stored = (0..length).filter_map(|index| self.storage.as_ref()?.key(index).ok()?);
        let unstored = Object::keys(&memory()).iter().filter_map(|key| key.as_string()).collect::<Vec<_>>();
        let mut keys = Vec::new();
        stored.chain(unstored).filter(|key| key.starts_with(prefix)).for_each(|key| sorted::insert(&mut keys, key));
        keys
    }
}

impl DeviceStorage for Store {
    fn keys(&self, prefix: &str) -> Vec<String> {
        Self::keys(self, prefix)
    }

    fn get(&self, key: &str) -> Option<String> {
        Self::get(self, key)
    }

    fn set(&self, key: &str, value: &str) -> bool {
        Self::set(self, key, value)
    }

    fn remove(&self, key: &str) {
        Self::remove(self, key);
    }
}

/// Returns the object that holds the entries that could not be stored.
fn memory() -> Object {
    let memory = js::property(&window(), MEMORY);
    if memory.is_object() {
        return memory.unchecked_into();
    }
    let memory = Object::new();
    _ = Reflect::set(&window(), &MEMORY.into(), &memory);
    memory
}

/// Stops storing. Existing entries stay.
pub(crate) fn stop_storing() {
    SIGNED_OUT.store(true, Ordering::Relaxed);
}

/// Reads an entry of this device.
pub(crate) fn read(name: &str) -> Option<String> {
    device().get(name)
}

/// Writes an entry of this device. If storage is full or forbidden, it is lost with the page.
pub(crate) fn write(name: &str, value: &str) {
    device().set(name, value);
}
