//! Pinned and saved messages: the commands of the dialogs and their answers.

use page_model::{calendar::Calendar as _, client::Effect};
use shared_types::{
    Action, ChatMessage, ClientMessage, MessageExcerpt, RoomName, SavedPosition, Seq, ServerMessage, Timestamp,
};

use crate::{
    browser::{
        session::{Session, moderation::TOAST_MS},
        time,
    },
    ui::{
        message_lists::MessageList,
        state::{
            message_lists::{ListEntry, ListPosition, ListProgress, ListedMessage, MessageListState, MessageListView},
            set,
        },
    },
};

/// The requests of the dialogs that are to be sent.
#[derive(Default)]
pub(super) struct ListRequests {
    pins: bool,
    /// Of saved messages, and from where on.
    saved: Option<Option<SavedPosition>>,
}

impl Session {
    /// Requests the pinned messages of the room, as soon as there is a socket.
    pub(super) fn load_pins(&mut self) {
        start_loading(MessageList::Pins.state());
        self.list_requests.pins = true;
    }

    /// Requests the messages that the visitor saved last.
    pub(super) fn load_saved(&mut self) {
        start_loading(MessageList::Saved.state());
        self.list_requests.saved = Some(None);
    }

    /// Requests earlier ones.
    pub(super) fn load_more_saved(&mut self) {
        let mut view = MessageList::Saved.state().view.get_untracked();
        view.progress = ListProgress::Loading;
        let Some(ListPosition::Saved(before)) = view.more.clone() else { return };
        self.list_requests.saved = Some(Some(before));
        set(MessageList::Saved.state().view, view);
    }

    /// Unpins a message. It may not be loaded, so it is no change of the timeline.
    pub(super) fn unpin(&mut self, seq: Seq) -> Vec<Effect> {
        self.send_or_complain(ClientMessage::Pin { seq, pinned: false, based_on: None, nonce: None })
    }

    /// Saves a message, or removes it from the list.
    pub(super) fn save(&mut self, message_room: Option<RoomName>, seq: Seq, saved: bool) -> Vec<Effect> {
        self.send_or_complain(ClientMessage::Save { seq, saved, message_room })
    }

    fn send_or_complain(&mut self, command: ClientMessage) -> Vec<Effect> {
        let effects = self.client.send_query(command);
        if effects.is_empty() {
            self.show_errors(vec![self.chat.translations.dialogs().moderation_offline.to_owned()]);
        }
        effects
    }

    /// Handles an answer, or a changed message.
    pub(super) fn on_list_answer(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Pins { messages } => self.show_pins(messages),
            ServerMessage::Saved { messages, before } => {
                let entries = messages.iter().map(|saved| {
                    self.list_entry(saved.position.room.clone(), saved.position.seq, saved.message.as_ref())
                });
                let entries: Vec<_> = entries.collect();
                let mut view = MessageList::Saved.state().view.get_untracked();
                // An answer that was requested before the dialog was opened again starts at the first entry, too.
                if view.more.is_none() {
                    view.entries.clear();
                }
                view.entries.extend(entries);
                (view.progress, view.more) = (ListProgress::Done, before.clone().map(ListPosition::Saved));
                set(MessageList::Saved.state().view, view);
            }
            ServerMessage::Save { saved: true, .. } => {
                self.show_toast(self.chat.translations.lists().is_saved.to_owned(), time::now() + TOAST_MS);
            }
            ServerMessage::Save { message_room, seq, saved: false } => {
                remove(MessageList::Saved.state(), |entry| entry.seq == *seq && entry.room == *message_room);
            }
            ServerMessage::Message(message) => self.on_message_of_list(message),
            _ => {}
        }
    }

    /// Handles an error.
    pub(super) fn on_list_error(&mut self, action: Action) {
        let state = match action {
            Action::Pins => MessageList::Pins.state(),
            Action::Saved => MessageList::Saved.state(),
            Action::Threads => MessageList::Threads.state(),
            _ => return,
        };
        let view = MessageListView { progress: ListProgress::Failed, ..state.view.get_untracked() };
        set(state.view, view);
    }

    /// Prepares the requests of a closed socket to be repeated.
    pub(super) fn on_lists_disconnect(&mut self) {
        let is_loading = |state: MessageListState| {
            state.view.with_untracked(|view| view.progress == ListProgress::Loading)
                && state.dialog.get_untracked().is_some_and(|dialog| dialog.open())
        };
        if is_loading(MessageList::Pins.state()) {
            self.load_pins();
        }
        if is_loading(MessageList::Saved.state()) {
            self.load_saved();
        }
        if is_loading(MessageList::Threads.state()) {
            self.load_threads();
        }
    }

    /// Returns the requests that are due. The caller has a socket.
    pub(super) fn list_queries(&mut self) -> [Option<ClientMessage>; 2] {
        let ListRequests { pins, saved } = std::mem::take(&mut self.list_requests);
        [pins.then_some(ClientMessage::Pins), saved.map(|before| ClientMessage::Saved { before })]
    }

    fn show_pins(&self, messages: &[MessageExcerpt]) {
        let entries = messages.iter().map(|pinned| self.list_entry(self.page.room.clone(), pinned.seq, Some(pinned)));
        let entries = entries.collect();
        set(MessageList::Pins.state().view, MessageListView { progress: ListProgress::Done, entries, more: None });
    }

    /// A message was pinned, unpinned or deleted: the open list follows.
    fn on_message_of_list(&mut self, message: &ChatMessage) {
        let state = MessageList::Pins.state();
        if !state.dialog.get_untracked().is_some_and(|dialog| dialog.open()) {
            return;
        }
        let is_listed = state.view.with_untracked(|view| view.entries.iter().any(|entry| entry.seq == message.seq));
        match (is_listed, message.pinned.is_some()) {
            (true, false) => remove(state, |entry| entry.seq == message.seq),
            (false, true) => self.list_requests.pins = true,
            (true, true) | (false, false) => {}
        }
    }

    pub(super) fn list_entry(&self, room: RoomName, seq: Seq, message: Option<&MessageExcerpt>) -> ListEntry {
        let label = || self.chat.rooms.titles.with_untracked(|titles| titles.label(&room));
        let room_label = (room != self.page.room).then(label);
        let message = message.map(|message| ListedMessage {
            author: message.author.clone(),
            at: message.sent_at,
            when: self.when(message.sent_at),
            text: message.text.as_ref().map_or_else(|| self.images_text(message), ToString::to_string),
        });
        ListEntry { room, room_label, seq, message, thread: None }
    }

    /// Returns what stands for a message without a text.
    fn images_text(&self, message: &MessageExcerpt) -> String {
        self.chat.translations.image_count(message.images.map_or(1, |count| count as usize))
    }

    /// Returns day and time in the reader's calendar.
    pub(super) fn when(&self, at: Timestamp) -> String {
        self.chat.translations.with_comma(&self.calendar.day_name(at), &self.calendar.time(at))
    }
}

pub(super) fn start_loading(state: MessageListState) {
    set(state.view, MessageListView::default());
}

fn remove(state: MessageListState, is_removed: impl Fn(&ListEntry) -> bool) {
    let mut view = state.view.get_untracked();
    view.entries.retain(|entry| !is_removed(entry));
    set(state.view, view);
}
