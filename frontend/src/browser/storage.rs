//! The browser's storage on this device.

use std::sync::atomic::{AtomicBool, Ordering};

use leptos::prelude::*;
use shared_types::{RoomName, Seq};
use web_sys::Storage;

/// Returns the stored read position in a room.
pub(crate) fn read_position(room: &RoomName) -> Option<Seq> {
    read(&read_position_key(room))?.parse().ok().map(Seq)
}

/// Stores the read position in a room.
pub(crate) fn store_read_position(room: &RoomName, read: Seq) {
    write(&read_position_key(room), &read.to_string());
}

fn read_position_key(room: &RoomName) -> String {
    ["read/", room.as_str()].concat()
}

/// Whether the visitor signed out: nothing is stored from then on.
static SIGNED_OUT: AtomicBool = AtomicBool::new(false);

/// Whether the visitor signed out, here or on another page of this host.
pub(crate) fn has_signed_out() -> bool {
    SIGNED_OUT.load(Ordering::Relaxed)
}

/// The local storage, unless it is forbidden or the visitor signed out.
pub(crate) fn local_storage() -> Option<Storage> {
    window().local_storage().ok()?.filter(|_| !has_signed_out())
}

/// The session storage, under the same conditions.
pub(crate) fn session_storage() -> Option<Storage> {
    window().session_storage().ok()?.filter(|_| !has_signed_out())
}

/// Stops storing. Existing entries stay.
pub(crate) fn stop_storing() {
    SIGNED_OUT.store(true, Ordering::Relaxed);
}

/// Reads an entry.
pub(crate) fn read(name: &str) -> Option<String> {
    local_storage()?.get_item(name).ok()?
}

/// Writes an entry. If storage is full or forbidden, it is lost with the page.
pub(crate) fn write(name: &str, value: &str) {
    if let Some(storage) = local_storage() {
        _ = storage.set_item(name, value);
    }
}
