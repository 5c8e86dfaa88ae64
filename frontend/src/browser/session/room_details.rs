//! The title, topic and description of the room, and the titles of other rooms.

use page_model::room_titles::RoomTitles;
use shared_types::{ClientMessage, RoomDetails, RoomDetailsChange, RoomName, RoomTitle, ServerMessage, TitledRoom};

use crate::{
    browser::{session::Session, storage},
    ui::state::set,
};

/// Storage key of the titles of rooms.
const TITLES: &str = "room-titles";

impl Session {
    /// Shows the stored titles of other rooms, and takes the title that the visitor typed to open this one. Loaded on demand.
    pub(super) fn init_titles(&mut self) {
        let mut titles =
            RoomTitles::from_stored(storage::read(TITLES).as_deref()).with_erased(self.chat.translations.erased_person);
        titles.set(&self.page.room, self.page.details.title.as_ref());
        set(self.chat.rooms.titles, titles);
        self.store_titles();
        self.new_title = Self::stored_new_title(&self.page.room);
    }

    /// Shows the details of the room if a frame has them.
    pub(super) fn on_details(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Welcome { details, .. } | ServerMessage::Details { details } => self.set_details(details),
            _ => {}
        }
    }

    /// Shows details of the room.
    pub(super) fn set_details(&mut self, details: &RoomDetails) {
        if self.page.details == *details && self.chat.room.details.with_untracked(|shown| shown == details) {
            return;
        }
        self.page.details = details.clone();
        self.chat.room.details.set(details.clone());
        self.change_titles(|titles, room| titles.set(room, details.title.as_ref()));
        self.show_document_title();
    }

    /// Shows and stores the titles of other rooms.
    pub(super) fn on_titles(&mut self, answer: &[TitledRoom]) {
        self.change_titles(|titles, room| titles.on_titles(room, answer));
        self.store_titles();
    }

    /// Shows and stores the titles of some rooms. Those of other rooms stay.
    pub(super) fn add_titles<'a>(&self, titles: impl IntoIterator<Item = (&'a RoomName, Option<&'a RoomTitle>)>) {
        self.change_titles(|known, _| {
            titles.into_iter().fold(false, |changed, (room, title)| known.set(room, title) | changed)
        });
        self.store_titles();
    }

    /// Takes the titles of rooms that another page of this browser has stored before the rooms, where this page knows none.
    pub(super) fn take_stored_titles(&self) {
        let stored = RoomTitles::from_stored(storage::read(TITLES).as_deref());
        self.change_titles(|titles, _| titles.add_unknown(stored));
    }

    fn change_titles(&self, change: impl FnOnce(&mut RoomTitles, &RoomName) -> bool) {
        let mut titles = self.chat.rooms.titles.get_untracked();
        if change(&mut titles, &self.page.room) {
            self.chat.rooms.titles.set(titles);
        }
    }

    /// Stores the titles. Loaded on demand, after the stored ones were read.
    pub(super) fn store_titles(&self) {
        storage::write(TITLES, &self.chat.rooms.titles.with_untracked(RoomTitles::to_json));
    }

    /// Keeps the title of a room that the visitor is about to open, for the page of that room.
    pub(super) fn keep_new_title(room: &RoomName, title: Option<&RoomTitle>) {
        match title {
            Some(title) => _ = storage::tab().set(&new_title_key(room), title.as_str()),
            None => storage::tab().remove(&new_title_key(room)),
        }
    }

    /// Returns the title that the visitor typed to open the room.
    pub(super) fn stored_new_title(room: &RoomName) -> Option<RoomTitle> {
        storage::tab().get(&new_title_key(room))?.parse().ok()
    }

    /// Returns the request that gives a new room its title, once. The caller has a socket.
    pub(super) fn take_new_title_request(&mut self) -> Option<ClientMessage> {
        let title = self.new_title.take()?;
        storage::tab().remove(&new_title_key(&self.page.room));
        let is_new = self.client.timeline().newest().is_none() && self.page.details.is_default();
        let details = RoomDetailsChange { title: Some(title), ..RoomDetailsChange::default() };
        is_new.then_some(ClientMessage::Describe { details })
    }
}

fn new_title_key(room: &RoomName) -> String {
    ["new-title/", room.as_str()].concat()
}
