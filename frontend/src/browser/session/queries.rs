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
        search::{SearchHit, SearchResults},
        set,
    },
};

/// Where the rooms that were visited are kept.
const ROOMS: &str = "rooms";

impl Session {
    /// Shows and keeps the rooms visited, the one that is shown among them.
    pub(super) fn init_rooms(&self) {
        storage::write(ROOMS, &self.rooms.to_json());
        self.show_rooms();
    }

    /// Somebody looks at the page again: other pages may have been somewhere meanwhile.
    pub(super) fn refresh_rooms(&mut self, now: u64) {
        self.rooms.on_page_visible(now);
        self.rooms.merge_stored(storage::read(ROOMS).as_deref());
        self.show_rooms();
    }

    /// Somebody opens the list of rooms.
    pub(super) fn refresh_rooms_now(&mut self) {
        self.rooms.request();
        self.rooms.merge_stored(storage::read(ROOMS).as_deref());
        self.show_rooms();
    }

    /// Takes a room off the list.
    pub(super) fn remove_room(&mut self, room: &RoomName) {
        self.rooms.merge_stored(storage::read(ROOMS).as_deref());
        self.rooms.remove(room);
        storage::write(ROOMS, &self.rooms.to_json());
        self.show_rooms();
    }

    fn show_rooms(&self) {
        let read = |room: &RoomName| storage::read_position(room).unwrap_or_default();
        set(self.chat.rooms.entries, self.rooms.entries(&self.page.you.id, read));
    }

    /// Changes the search and shows what became of it.
    pub(super) fn update_search(&mut self, change: impl FnOnce(&mut Search)) {
        change(&mut self.search);
        let hits = self.search.found().iter().map(|found| {
            let alt = found.image.as_ref().and_then(|image| image.alt.as_ref());
            let text = found.text.as_ref().map(|text| text.as_str()).or_else(|| alt.map(|alt| alt.as_str()));
            SearchHit {
                seq: found.seq,
                author: found.author.clone(),
                at: found.sent_at,
                when: self
                    .chat
                    .translations
                    .with_comma(&self.calendar.day_name(found.sent_at), &self.calendar.time(found.sent_at)),
                excerpt: excerpt(text.unwrap_or(self.chat.translations.image), self.search.text()),
            }
        });
        set(self.chat.search.results, SearchResults { progress: self.search.progress(), hits: hits.collect() });
    }

    /// Takes in an answer that is none of the conversation.
    pub(super) fn on_query_answer(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Rooms { rooms } => {
                self.rooms.on_activity(rooms.clone());
                self.show_rooms();
            }
            ServerMessage::Found { text, messages, before } => {
                self.update_search(|search| search.on_results(text, messages.clone(), *before));
            }
            ServerMessage::Error { action: Some(ActionName::Known(Action::Search)), .. } => {
                self.update_search(Search::on_error);
            }
            ServerMessage::Error { action: Some(ActionName::Known(Action::Rooms)), .. } => self.rooms.on_error(),
            _ => self.on_moderation_answer(message),
        }
    }

    /// Says what waits for a socket, now that there is one.
    pub(super) fn send_queries(&mut self, now: u64) {
        if self.client.status(now) != Status::Live {
            return;
        }
        let questions = [self.rooms.take_request(now), self.search.take_request()];
        for question in questions.into_iter().chain(self.moderation_queries(now)).flatten() {
            let effects = self.client.send_query(question);
            self.perform(effects);
        }
    }
}
