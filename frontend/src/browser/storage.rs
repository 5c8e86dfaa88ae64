//! What the browser stores on this device: preferences and read positions.

use std::sync::atomic::{AtomicBool, Ordering};

use leptos::prelude::*;
use shared_types::{RoomName, Seq};
use web_sys::Storage;

/// Up to where the visitor has read a room, as an earlier page noted it.
pub(crate) fn read_position(room: &RoomName) -> Option<Seq> {
    read(&read_position_key(room))?.parse().ok().map(Seq)
}

/// Notes up to where the visitor has read a room.
pub(crate) fn store_read_position(room: &RoomName, read: Seq) {
    write(&read_position_key(room), &read.to_string());
}

fn read_position_key(room: &RoomName) -> String {
    ["read/", room.as_str()].concat()
}

/// Whether nothing more is to be kept on this device: the visitor left.
static SIGNED_OUT: AtomicBool = AtomicBool::new(false);

/// Whether the visitor left, here or on another page of this host.
pub(crate) fn has_signed_out() -> bool {
    SIGNED_OUT.load(Ordering::Relaxed)
}

/// What the browser keeps for this page's host, unless that is forbidden or the visitor left.
pub(crate) fn local_storage() -> Option<Storage> {
    window().local_storage().ok()?.filter(|_| !has_signed_out())
}

/// What the browser keeps for this tab, under the same conditions.
pub(crate) fn session_storage() -> Option<Storage> {
    window().session_storage().ok()?.filter(|_| !has_signed_out())
}

/// Lets nothing more be kept on this device. What is there stays.
pub(crate) fn stop_storing() {
    SIGNED_OUT.store(true, Ordering::Relaxed);
}

/// What was kept on this device under a name.
pub(crate) fn read(name: &str) -> Option<String> {
    local_storage()?.get_item(name).ok()?
}

/// Keeps something on this device. Where storage is full or forbidden, it lasts as long as the page.
pub(crate) fn write(name: &str, value: &str) {
    if let Some(storage) = local_storage() {
        _ = storage.set_item(name, value);
    }
}
