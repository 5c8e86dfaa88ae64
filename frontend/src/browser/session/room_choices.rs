//! Favourites, muted rooms and the order of the list, which this device keeps. This is loaded on demand.

use page_model::room_list::{RoomEntry, choices::RoomChoices};
use shared_types::RoomName;

use crate::{
    browser::{session::Session, storage},
    ui::rooms::notices,
};

/// Storage keys.
const FAVOURITES: &str = "favourites";
const MUTED: &str = "muted";
/// It is there if the rooms are listed by activity.
const BY_ACTIVITY: &str = "rooms-by-activity";

/// Returns what is stored. Another tab may have changed it.
fn choices() -> RoomChoices {
    RoomChoices::new(storage::read(FAVOURITES).as_deref(), storage::read(MUTED).as_deref())
}

impl Session {
    /// Adds a room to the favourites, or removes it.
    pub(super) fn toggle_favourite(&mut self, room: &RoomName) {
        storage::write(FAVOURITES, &choices().toggle_favourite(room));
        self.store_rooms();
    }

    /// Mutes or unmutes the room that is shown.
    pub(super) fn toggle_muted(&self) {
        storage::write(MUTED, &choices().toggle_muted(&self.page.room));
        self.show_rooms();
    }

    /// Lists the rooms by activity, or by name again.
    pub(super) fn toggle_order(&self) {
        let device = storage::device();
        match device.get(BY_ACTIVITY) {
            Some(_) => device.remove(BY_ACTIVITY),
            None => _ = device.set(BY_ACTIVITY, "1"),
        }
        self.show_rooms();
    }

    /// Forgets the choices about a room that the visitor has left.
    pub(super) fn forget_choices(room: &RoomName) {
        let mut choices = choices();
        if choices.favourites().contains(room) {
            storage::write(FAVOURITES, &choices.toggle_favourite(room));
        }
        if choices.is_muted(room) {
            storage::write(MUTED, &choices.toggle_muted(room));
        }
    }

    /// Whether the room that is shown is muted.
    pub(super) fn is_room_muted(&self) -> bool {
        choices().is_muted(&self.page.room)
    }

    /// Keeps the favourites in the list.
    pub(super) fn keep_favourites(&mut self) {
        self.rooms.keep(choices().favourites());
    }

    /// Shows the choices in the list of rooms.
    pub(super) fn with_choices(&self, entries: Vec<RoomEntry>) -> Vec<RoomEntry> {
        let is_by_activity = storage::read(BY_ACTIVITY).is_some();
        notices::show_order(is_by_activity);
        let active_at = |room: &RoomName| match *room == self.page.room {
            true => self.client.timeline().newest_at(),
            false => self.rooms.active_at(room),
        };
        choices().apply(entries, is_by_activity.then_some(&active_at))
    }
}
