//! Queries: activity in other rooms, and search.

use page_model::{
    calendar::Calendar,
    connection::Status,
    plain_text::plain_text,
    search::{Search, excerpt},
};
use shared_types::{Action, ActionName, RoomName, ServerMessage};

use crate::{
    browser::{
        session::{Session, on_demand},
        storage,
    },
    ui::{
        parts::text::lower_parts,
        state::{
            search::{SearchHit, SearchResults},
            set,
        },
    },
};

/// Storage key of the visited rooms.
const ROOMS: &str = "rooms";

impl Session {
    /// Shows and stores the visited rooms.
    pub(super) fn init_rooms(&self) {
        storage::write(ROOMS, &self.rooms.to_json());
        self.show_rooms();
    }

    /// Refreshes the list of rooms, after the page became visible. Other pages may have visited rooms.
    pub(super) fn refresh_rooms(&mut self, now: u64) {
        self.rooms.on_page_visible(now);
        self.rooms.merge_stored(storage::read(ROOMS).as_deref());
        self.show_rooms();
    }

    /// Refreshes the list of rooms at once. The visitor opens it.
    pub(super) fn refresh_rooms_now(&mut self) {
        self.rooms.request();
        self.rooms.merge_stored(storage::read(ROOMS).as_deref());
        self.show_rooms();
    }

    /// Removes a room from the list.
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

    /// Updates the search and shows its results.
    pub(super) fn update_search(&mut self, change: impl FnOnce(&mut Search)) {
        change(&mut self.search);
        let hits = self.search.found().iter().map(|found| {
            let alt = found.image.as_ref().and_then(|image| image.alt.as_ref());
            let text = plain_text(found.text.as_ref(), found.html.as_deref());
            let text = text.as_ref().map(|text| text.as_str()).or_else(|| alt.map(|alt| alt.as_str()));
            SearchHit {
                seq: found.seq,
                author: found.author.clone(),
                at: found.sent_at,
                when: self
                    .chat
                    .translations
                    .with_comma(&self.calendar.day_name(found.sent_at), &self.calendar.time(found.sent_at)),
                excerpt: excerpt(text.unwrap_or(self.chat.translations.image), self.search.text(), &lower_parts),
            }
        });
        set(self.chat.search.results, SearchResults { progress: self.search.progress(), hits: hits.collect() });
    }

    /// Handles the answer to a query.
    pub(super) fn on_query_answer(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Rooms { rooms, titles } => {
                self.on_titles(titles);
                self.rooms.on_activity(rooms.clone());
                self.show_rooms();
            }
            ServerMessage::Error { action: Some(ActionName::Known(Action::Rooms)), .. } => self.rooms.on_error(),
            _ => on_demand::with_part(|part| (part.on_answer)(self, message)),
        }
    }

    /// Sends the queries that are due, if there is a live socket.
    pub(super) fn send_queries(&mut self, now: u64) {
        if self.client.status(now) != Status::Live {
            return;
        }
        let mut queries = Vec::from_iter(self.rooms.take_request(now));
        queries.extend(self.take_new_title_request());
        on_demand::with_part(|part| queries.extend((part.queries)(self, now)));
        for query in queries {
            let effects = self.client.send_query(query);
            self.perform(effects);
        }
    }
}
