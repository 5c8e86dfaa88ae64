//! The directory of open rooms: its requests and answers. It is loaded with its dialog.

use std::cell::RefCell;

use page_model::{
    room_directory::{DirectoryProgress, RoomDirectory},
    room_search::{FoundRoom, KnownRoom, find_rooms},
};
use shared_types::{Action, ActionName, ClientMessage, RoomName, ServerMessage};

use crate::{
    browser::{
        location,
        session::{Session, room_switch::Way},
    },
    ui::{
        parts::{dialog, text::lower_parts},
        rooms::{
            directory_dialog::{self, DirectoryFacts, DirectoryRow, DirectoryView},
            room_dialog,
        },
        state::set,
    },
};

thread_local! {
    /// The rooms. They are not in the session, whose type is in the first program.
    static DIRECTORY: RefCell<Option<RoomDirectory>> = const { RefCell::new(None) };
}

fn with_directory<R>(act: impl FnOnce(&mut RoomDirectory) -> R) -> R {
    DIRECTORY.with_borrow_mut(|directory| act(directory.get_or_insert_default()))
}

impl Session {
    /// Looks for the rooms that the visitor wants to see.
    pub(super) fn load_directory(&self) {
        let Some(state) = directory_dialog::state() else { return };
        let (text, archived) = state.query();
        let is_moderator = self.chat.room.you.with_untracked(|you| you.moderator);
        with_directory(|directory| {
            directory.set_with_rules(is_moderator);
            directory.start(&text, archived);
        });
        self.show_directory();
    }

    /// Loads further rooms.
    pub(super) fn load_more_directory(&self) {
        with_directory(RoomDirectory::load_more);
        self.show_directory();
    }

    /// Repeats the request that failed.
    pub(super) fn retry_directory(&self) {
        with_directory(RoomDirectory::retry);
        self.show_directory();
    }

    /// Handles an answer.
    pub(super) fn on_directory_answer(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Directory { rooms, after } => {
                with_directory(|directory| directory.on_answer(rooms.clone(), after.clone()));
                self.show_directory();
                self.open_first_of_directory();
            }
            ServerMessage::Error { action: Some(ActionName::Known(Action::Directory)), .. } => {
                with_directory(RoomDirectory::on_error);
                self.show_directory();
            }
            _ => {}
        }
    }

    /// Prepares the request of a closed socket to be repeated.
    pub(super) fn on_directory_disconnect(&self) {
        with_directory(RoomDirectory::on_disconnect);
    }

    /// Returns the request that is due, while the dialog is open. The caller has a socket.
    pub(super) fn directory_query(&self, now: u64) -> Option<ClientMessage> {
        let is_open = directory_dialog::state()?.dialog.get_untracked().is_some_and(|dialog| dialog.open());
        if with_directory(|directory| directory.expire(now)) {
            self.show_directory();
        }
        is_open.then(|| with_directory(|directory| directory.take_request(now))).flatten()
    }

    /// Shows the visitor's private rooms that match, and the open rooms.
    pub(super) fn show_directory(&self) {
        let Some(state) = directory_dialog::state() else { return };
        let (text, archived) = state.query();
        let private = if archived { Vec::new() } else { self.private_rows(&text) };
        let view = with_directory(|directory| {
            let open = directory.rooms().iter().map(|room| DirectoryRow {
                room: room.room.clone(),
                title: room.title.as_ref().map(ToString::to_string),
                topic: room.topic.as_ref().map(ToString::to_string),
                facts: Some(DirectoryFacts {
                    sent_at: room.sent_at,
                    when: self.when(room.sent_at),
                    online: room.online,
                    rules: room.rules,
                }),
            });
            let rooms = private.into_iter().chain(open);
            DirectoryView { progress: directory.progress(), rooms: rooms.collect(), has_more: directory.has_more() }
        });
        set(state.view, view);
    }

    /// Returns the rows of the visitor's private rooms that match, but not of direct messages.
    fn private_rows(&self, text: &str) -> Vec<DirectoryRow> {
        let rooms = room_dialog::private_rooms().into_iter().filter(|room| !room.is_direct());
        let known: Vec<KnownRoom> =
            self.chat.rooms.titles.with_untracked(|titles| {
                rooms.map(|room| KnownRoom { title: titles.get(&room).cloned(), room }).collect()
            });
        let label = |room: &RoomName| self.chat.rooms.titles.with_untracked(|titles| titles.label(room));
        let found = find_rooms(text, &known, &lower_parts).into_iter();
        found
            .map(|FoundRoom { room, .. }| DirectoryRow { title: Some(label(&room)), room, topic: None, facts: None })
            .collect()
    }

    /// Opens the first room, if the visitor waits for it.
    fn open_first_of_directory(&mut self) {
        let Some(state) = directory_dialog::state() else { return };
        let view = state.view.get_untracked();
        if !state.opens_first.get_untracked() || view.progress != DirectoryProgress::Done {
            return;
        }
        set(state.opens_first, false);
        if let Some(first) = view.rooms.first() {
            dialog::close(state.dialog);
            if first.room != self.page.room && !self.enter_room(&first.room, Way::Link) {
                location::load_room(&first.room);
            }
        }
    }
}
