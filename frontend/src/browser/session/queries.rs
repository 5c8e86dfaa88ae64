//! What the visitor asks the server beside the conversation: what is new in other rooms, and which messages have some words.

use page_model::{
    calendar::Calendar,
    connection::Status,
    search::{Search, excerpt},
};
use shared_types::{Action, ActionName, RoomName, ServerMessage};

use crate::{
    browser::{session::Session, storage},
    ui::state::{
        search::{Hit, Results},
        set,
    },
};

/// Where the rooms that were visited are kept.
const ROOMS: &str = "rooms";

impl Session {
    /// Shows and keeps the rooms visited, the one that is shown among them.
    pub(super) fn begin_rooms(&self) {
        storage::write(ROOMS, &self.rooms.kept());
        self.show_rooms();
    }

    /// Somebody looks at the page again: other pages may have been somewhere meanwhile.
    pub(super) fn look_around(&mut self, now: u64) {
        self.rooms.look(now);
        self.rooms.refresh(storage::read(ROOMS).as_deref());
        self.show_rooms();
    }

    /// Somebody opens the list of rooms.
    pub(super) fn open_rooms(&mut self) {
        self.rooms.open();
        self.rooms.refresh(storage::read(ROOMS).as_deref());
        self.show_rooms();
    }

    /// Takes a room off the list.
    pub(super) fn forget_room(&mut self, room: &RoomName) {
        self.rooms.refresh(storage::read(ROOMS).as_deref());
        self.rooms.forget(room);
        storage::write(ROOMS, &self.rooms.kept());
        self.show_rooms();
    }

    fn show_rooms(&self) {
        let read = |room: &RoomName| storage::read_position(room).unwrap_or_default();
        set(self.chat.rooms.entries, self.rooms.list(&self.page.you.id, read));
    }

    /// Changes the search and shows what became of it.
    pub(super) fn change_search(&mut self, change: impl FnOnce(&mut Search)) {
        change(&mut self.search);
        let hits = self.search.found().iter().map(|found| {
            let alt = found.image.as_ref().and_then(|image| image.alt.as_ref());
            let text = found.text.as_ref().map(|text| text.as_str()).or_else(|| alt.map(|alt| alt.as_str()));
            Hit {
                seq: found.seq,
                author: found.author.clone(),
                at: found.sent_at,
                when: self.chat.words.said(&self.calendar.day_name(found.sent_at), &self.calendar.time(found.sent_at)),
                excerpt: excerpt(text.unwrap_or(self.chat.words.image), self.search.text()),
            }
        });
        set(self.chat.search.results, Results { progress: self.search.progress(), hits: hits.collect() });
    }

    /// Takes in an answer that is none of the conversation.
    pub(super) fn hear_aside(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Rooms { rooms } => {
                self.rooms.hear(rooms.clone());
                self.show_rooms();
            }
            ServerMessage::Found { text, messages, before } => {
                self.change_search(|search| search.hear(text, messages.clone(), *before));
            }
            ServerMessage::Error { action: Some(ActionName::Known(Action::Search)), .. } => {
                self.change_search(Search::refuse);
            }
            ServerMessage::Error { action: Some(ActionName::Known(Action::Rooms)), .. } => self.rooms.refuse(),
            _ => self.hear_order(message),
        }
    }

    /// Says what waits for a socket, now that there is one.
    pub(super) fn ask_aside(&mut self, now: u64) {
        if self.client.status(now) != Status::Live {
            return;
        }
        let questions = [self.rooms.question(now), self.search.question()];
        for question in questions.into_iter().chain(self.ask_order(now)).flatten() {
            let deeds = self.client.ask_aside(question);
            self.act(deeds);
        }
    }
}
