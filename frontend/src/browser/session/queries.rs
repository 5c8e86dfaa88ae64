//! Queries: activity in other rooms, and search. This is loaded on demand, except for [`Session::send_queries`].

use page_model::{
    calendar::Calendar,
    connection::Status,
    room_list::{RefreshProgress, RoomNews},
    search::{Search, excerpt},
};
use shared_types::{
    Action, ActionName, AltText, ChatImage, ClientMessage, MessageText, Person, RoomName, Seq, ServerMessage,
    plain_text,
};

use crate::{
    browser::{
        random,
        session::{Session, on_demand, with},
        storage, time,
    },
    ui::{
        parts::text::lower_parts,
        rooms::notices,
        state::{
            search::{SearchHit, SearchResults},
            set,
        },
    },
};

pub(super) fn read_position(room: &RoomName) -> Seq {
    storage::read_position(room).unwrap_or_default()
}

impl Session {
    /// Shows the visited rooms, and follows what other pages of this browser store.
    pub(super) fn init_rooms(&mut self) {
        self.on_stored_elsewhere();
        let handle = self.handle;
        storage::on_rooms_changed(move || with(handle, Session::on_stored_elsewhere));
    }

    /// Stores and shows the visited rooms.
    pub(super) fn store_rooms(&mut self) {
        self.keep_favourites();
        storage::write(storage::ROOMS, &self.rooms.to_json());
        self.show_rooms();
    }

    /// Makes the room of the page the current one in the list.
    pub(super) fn enter_in_list(&mut self) {
        self.rooms.merge_stored(storage::read(storage::ROOMS).as_deref());
        self.rooms.enter(&self.page.room);
        Self::end_undo_of(&self.page.room);
        self.rooms.on_page_visible(time::now());
        self.store_rooms();
    }

    /// Refreshes the list of rooms, after the page became visible. Other pages may have visited rooms.
    pub(super) fn refresh_rooms(&mut self, now: u64) {
        self.rooms.on_page_visible(now);
        self.on_stored_elsewhere();
    }

    /// Refreshes the list of rooms at once. The visitor opens it or tries again.
    pub(super) fn refresh_rooms_now(&mut self) {
        self.rooms.retry();
        self.on_stored_elsewhere();
    }

    /// Removes a room from the list. Returns its place.
    pub(super) fn remove_room(&mut self, room: &RoomName) -> Option<usize> {
        self.rooms.merge_stored(storage::read(storage::ROOMS).as_deref());
        let place = self.rooms.remove(room);
        self.store_rooms();
        place
    }

    pub(super) fn show_rooms(&self) {
        let entries = self.rooms.entries(&self.page.you.id, read_position);
        set(self.chat.rooms.entries, self.with_choices(entries));
        set(self.chat.rooms.is_complete, true);
        self.show_refresh_progress();
        self.show_unsent_rooms();
        self.show_unseen_count();
    }

    /// Shows whether the list is what the server answered last.
    fn show_refresh_progress(&self) {
        let translations = self.chat.translations;
        notices::show_not_refreshed(match self.rooms.progress() {
            RefreshProgress::Done => "",
            RefreshProgress::Failed => translations.room_choices().not_refreshed,
            RefreshProgress::Retrying => translations.loading_part,
        });
    }

    /// Another page of this browser changed what is stored: it may have visited a room or read its messages.
    pub(super) fn on_stored_elsewhere(&mut self) {
        self.rooms.merge_stored(storage::read(storage::ROOMS).as_deref());
        self.take_stored_titles();
        self.show_rooms();
    }

    /// A message in another room.
    fn on_news(&mut self, news: RoomNews, author: &Person, text: Option<&MessageText>) {
        if self.rooms.on_news(&news, &self.page.you.id) {
            self.notify_mention(&news, author, text);
        }
        self.show_rooms();
    }

    /// Updates the search and shows its results.
    pub(super) fn update_search(&mut self, change: impl FnOnce(&mut Search)) {
        change(&mut self.search);
        let hits = self.search.found().iter().map(|found| {
            let alts = found.image.iter().flat_map(ChatImage::all).filter_map(|image| image.alt.as_ref());
            let alts = alts.map(AltText::as_str).collect::<Vec<_>>().join(" · ");
            let images = || self.chat.translations.image_count(found.image.as_ref().map_or(1, ChatImage::count));
            let text = plain_text(found.text.as_ref(), found.html.as_deref());
            let text = text.map_or_else(|| if alts.is_empty() { images() } else { alts }, |text| text.to_string());
            SearchHit {
                seq: found.seq,
                author: found.author.clone(),
                at: found.sent_at,
                when: self
                    .chat
                    .translations
                    .with_comma(&self.calendar.day_name(found.sent_at), &self.calendar.time(found.sent_at)),
                excerpt: excerpt(&text, self.search.text(), &lower_parts),
            }
        });
        set(self.chat.search.results, SearchResults { progress: self.search.progress(), hits: hits.collect() });
    }

    /// Handles what a message says about other rooms.
    pub(super) fn on_rooms_answer(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Rooms { rooms, titles } => {
                self.on_titles(titles);
                // A direct message is listed with its first message.
                let titled = titles.iter().map(|titled| &titled.room).filter(|room| !room.is_direct());
                self.add_private(rooms.iter().map(|activity| &activity.room).chain(titled));
                self.rooms.on_activity(rooms.clone());
                self.show_rooms();
            }
            ServerMessage::News { room, seq, author, sent_at, mentioned, text, deleted, title } => {
                if let Some(title) = title {
                    self.add_titles([(room, Some(title))]);
                    self.add_private([room]);
                }
                let (room, by) = (room.clone(), author.id.clone());
                let (mentioned, deleted) = (*mentioned, *deleted);
                let news = RoomNews { room, seq: *seq, author: by, sent_at: *sent_at, mentioned, deleted };
                self.on_news(news, author, text.as_ref());
            }
            ServerMessage::Welcome { .. } => {
                // Sockets that are opened at the same time watch at different times. One that moves watches the room that it left at once.
                self.rooms.on_welcome(time::now(), self.has_entered, random::random());
                self.store_titles();
            }
            ServerMessage::CatchUp { .. } => self.rooms.request(),
            ServerMessage::Error { action: Some(ActionName::Known(Action::Rooms)), code, .. } => {
                self.rooms.on_error(time::now(), *code);
                self.show_refresh_progress();
            }
            ServerMessage::Details { .. } => self.store_titles(),
            _ => {}
        }
    }

    /// Returns the request about other rooms, if one is due.
    pub(super) fn rooms_query(&mut self, now: u64) -> Option<ClientMessage> {
        if self.rooms.expire(now) {
            self.show_refresh_progress();
        }
        self.rooms.take_request(now, read_position)
    }

    /// Sends the queries that are due, if there is a live socket.
    pub(super) fn send_queries(&mut self, now: u64) {
        if self.client.status(now) != Status::Live || self.client.is_entering() {
            return;
        }
        let mut queries = Vec::new();
        on_demand::with_part(|part| queries = (part.queries)(self, now));
        for query in queries {
            let effects = self.client.send_query(query);
            self.perform(effects);
        }
    }
}
