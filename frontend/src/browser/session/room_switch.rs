//! Switching to another room without loading a page. It is loaded on demand; before that, a click loads the page of the room.
//!
//! `page-model` keeps the messages of the rooms that were left, and moves the socket. Kept here is what belongs to the view of a room.

use std::time::Duration;

use leptos::prelude::*;
use page_model::{
    composer_mode::ComposerMode, connection::Status, search::Search, unread::ReadPosition,
    unsent_messages::UnsentMessages,
};
use shared_types::{RoomDetails, RoomName};
use wasm_bindgen::JsCast as _;
use web_sys::HtmlDialogElement;

use crate::{
    browser::{draft, location, offline, session::Session, storage, takeover::ReadingPosition, time},
    ui::{
        composer,
        moderation::rules_dialog,
        parts::{colour::Colours, pointer_and_keys::has_coarse_pointer},
        state::{members::MembersView, set},
    },
};

/// Maximum number of rooms whose view is kept. `page-model` keeps the messages of as many.
const MAX_VIEWS: usize = 10;

/// How long screen readers are not told about new rows after a switch: the rows of a room are not news.
const QUIET: Duration = Duration::from_millis(500);

/// The view of a room that was left.
pub(super) struct KeptView {
    room: RoomName,
    unsent: UnsentMessages,
    /// A reply that was being written. Its text is stored as the draft.
    mode: ComposerMode,
    /// Where the visitor read; `None` is the end of the log.
    reading: Option<ReadingPosition>,
    details: RoomDetails,
}

/// How the visitor goes to a room.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// By a link: the address is new.
    Link,
    /// Back or forward: the browser has set the address.
    History,
}

impl Session {
    /// Shows another room. Returns `false` if the page cannot: then its page has to be loaded.
    pub(super) fn enter_room(&mut self, room: &RoomName, way: Way) -> bool {
        if *room == self.page.room {
            return true;
        }
        if !self.can_enter() {
            return false;
        }
        self.leave_threads();
        let now = time::now();
        let (unsent, stored) = UnsentMessages::open(room, &self.page.you.id, &storage::device());
        self.keep_view(unsent);
        let kept = self.kept_views.iter().position(|view| view.room == *room);
        let kept = kept.map(|place| self.kept_views.remove(place));
        let (is_known, effects) = self.client.enter(room, now);
        self.page.room = room.clone();
        self.has_entered = true;
        self.load_followed_threads();
        let (mode, reading, details) = match kept.filter(|_| is_known) {
            Some(view) => {
                self.unsent = view.unsent;
                (view.mode, view.reading, view.details)
            }
            None => {
                self.client.restore(stored, now);
                (ComposerMode::New, None, RoomDetails::default())
            }
        };
        self.copied = (room.clone(), self.client.timeline().rev(), now);
        self.page.details = details.clone();
        self.chat.room.details.set(details);
        (self.new_title, self.is_uncopied) = (None, !is_known);
        self.show_room(mode);
        if way == Way::Link {
            location::push(room);
        }
        self.perform(effects);
        self.show_reading(reading);
        true
    }

    fn can_enter(&self) -> bool {
        let chat = self.chat;
        self.client.status(time::now()) == Status::Live
            && self.client.can_enter()
            && self.purges.is_empty()
            && self.waiting.is_empty()
            && !self.has_unsaved_input()
            && !chat.moderation.is_pending.get_untracked()
            && !storage::has_signed_out()
    }

    /// Keeps the view of the room that is left. `unsent` are the stored messages of the next one.
    fn keep_view(&mut self, unsent: UnsentMessages) {
        self.mark_read();
        let now = time::now();
        self.report_leaving(now);
        self.store_newer_state(now);
        let reading = self.chat.log.element.get_untracked().and_then(|log| ReadingPosition::of(&log));
        self.kept_views.push(KeptView {
            room: self.page.room.clone(),
            unsent: std::mem::replace(&mut self.unsent, unsent),
            mode: self.chat.composer.mode.get_untracked(),
            reading,
            details: self.page.details.clone(),
        });
        if self.kept_views.len() > MAX_VIEWS {
            self.kept_views.remove(0);
        }
    }

    /// Shows the room of the page: its name and draft, and nothing of the room before.
    fn show_room(&mut self, mode: ComposerMode) {
        let (chat, room) = (self.chat, self.page.room.clone());
        chat.room.name.set(room.to_string());
        chat.room.colours.set(Colours::default());
        self.enter_in_list();
        self.show_document_title();
        self.start_reading();
        self.unread = None;
        set(chat.log.unread, None);
        set(chat.log.toolbar_message, None);
        set(chat.members.list, MembersView::Loading);
        set(chat.room.toast, String::new());
        self.update_search(|search| *search = Search::default());
        self.show_errors(Vec::new());
        set(chat.composer.mode, mode);
        composer::set_text(chat, &draft::stored(chat).unwrap_or_default());
        self.rows_changed = true;
        self.scroll_to_end();
    }

    /// Starts at the stored read position, as a page that is loaded.
    fn start_reading(&mut self) {
        let newest = self.client.timeline().newest().map(|(seq, _)| seq);
        self.newest_noticed = newest;
        self.seen = None;
        self.read_position = ReadPosition::new(storage::read_position(&self.page.room), newest.unwrap_or_default());
    }

    /// Shows where the visitor read, as soon as the rows are drawn, and puts the focus where they go on: into the composer, or where that
    /// would open a keyboard or is not possible, to the log.
    fn show_reading(&self, reading: Option<ReadingPosition>) {
        let chat = self.chat;
        let Some(log) = chat.log.element.get_untracked() else { return };
        _ = log.set_attribute("aria-live", "off");
        let quiet = log.clone();
        set_timeout(move || _ = quiet.set_attribute("aria-live", "polite"), QUIET);
        // They are about the room before. Those that the visitor opens until the next frame stay open, with the focus.
        let dialogs = open_dialogs();
        request_animation_frame(move || {
            if let Some(reading) = reading {
                reading.apply(&log);
            }
            dialogs.iter().for_each(HtmlDialogElement::close);
            if !open_dialogs().is_empty() {
                return;
            }
            if has_coarse_pointer() || chat.composer.status.with_untracked(|status| status.is_disabled) {
                _ = log.focus();
            } else {
                chat.focus();
            }
        });
    }

    /// The first messages of the room have arrived: what came while the visitor was elsewhere is unread.
    pub(super) fn on_room_arrived(&mut self) {
        self.has_entered = false;
        self.start_reading();
        storage::store_read_position(&self.page.room, self.read_position.read());
        self.merge_welcome();
        self.mark_read();
        self.load_followed_threads();
        self.show_rooms();
        self.new_title = Self::stored_new_title(&self.page.room);
        if self.is_uncopied {
            // Newer messages can be added to the offline copy once the worker has the page.
            offline::store_copy_of(&self.page.room);
        }
        rules_dialog::open_if_wanted(self.chat);
    }
}

/// Returns the dialogs that are open.
fn open_dialogs() -> Vec<HtmlDialogElement> {
    let Ok(open) = document().query_selector_all("dialog[open]") else { return Vec::new() };
    (0..open.length()).filter_map(|index| open.item(index)?.dyn_into().ok()).collect()
}
