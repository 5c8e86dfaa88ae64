//! Threads beside the log: opening, loading and closing one, replies and their drafts, and what is unread. All of it is loaded on demand.

use leptos::prelude::*;
use page_model::{
    client::Effect,
    followed_threads::FollowedThreads,
    reply_drafts::ReplyDrafts,
    room_directory::ANSWER_MS,
    thread_reports::ThreadReports,
    timeline::{Draft, ThreadRows},
};
use shared_types::{Action, ActionName, ChatMessage, ClientMessage, ErrorCode, MessageText, Seq, ServerMessage};
use wasm_bindgen::JsValue;

use crate::{
    browser::{
        attachments::AttachmentTray,
        events, js, random,
        session::{Session, thread_list::ThreadList, uploads::Tray},
        storage, time,
    },
    ui::{
        state::{set, threads::ThreadView, update::show_rows},
        threads,
    },
};

/// Attribute of the root element while a thread is shown: the style sheet makes space for it.
const OPEN: &str = "data-thread";

/// The threads of the room that is shown.
#[derive(Default)]
pub(super) struct Threads {
    pub(super) followed: FollowedThreads,
    pub(super) list: ThreadList,
    pub(super) reports: ThreadReports,
    /// The request to send next: for the newest replies, or (`true`) for older ones.
    request: Option<bool>,
    /// Number of requests that are sent and not answered.
    awaited: u32,
    /// When the last one was sent, in milliseconds.
    asked_at: u64,
    /// The reply to show.
    target: Option<Seq>,
    /// Whether the browser's history has an entry for the thread, which covers the page.
    has_history_entry: bool,
    /// The images that are attached to replies, by the message that began the thread. They are kept while other threads are shown.
    attachments: Vec<(Seq, AttachmentTray)>,
}

impl Threads {
    /// Returns the images that are attached to the reply in a thread.
    pub(super) fn attachments_of(&mut self, root: Seq) -> &mut AttachmentTray {
        let place = self.attachments.iter().position(|(of, _)| *of == root).unwrap_or_else(|| {
            self.attachments.push((root, AttachmentTray::default()));
            self.attachments.len() - 1
        });
        &mut self.attachments[place].1
    }

    /// Whether images are attached to a reply in any thread.
    pub(super) fn has_attachments(&self) -> bool {
        self.attachments.iter().any(|(_, attachments)| !attachments.is_empty())
    }
}

impl Session {
    /// Shows the thread of a message, or of a reply in it, and focuses the reply field, or the panel on touch screens.
    pub(super) fn open_thread(&mut self, seq: Seq) {
        let chat = self.chat;
        let root = self.client.open_thread(seq);
        self.threads.target = (seq != root).then_some(seq);
        set(chat.thread.view, ThreadView::default());
        self.request_thread(false);
        self.rows_changed = true;
        if chat.thread.root.get_untracked() == Some(root) {
            return threads::focus(chat);
        }
        set(chat.thread.edited, None);
        // It may be at the same message in the log.
        set(chat.log.toolbar_message, None);
        chat.thread.rows.set(Vec::new());
        let draft = self.stored_reply_draft(root);
        set(chat.thread.root, Some(root));
        set(chat.thread.is_open, true);
        self.show_attachments(Tray::Thread(root));
        if let Some(document) = document().document_element() {
            _ = document.set_attribute(OPEN, "");
        }
        if threads::covers_page() && !self.threads.has_history_entry {
            self.threads.has_history_entry = true;
            let arguments = [JsValue::NULL, "".into(), window().location().href().unwrap_or_default().into()];
            js::call(&js::property(&window(), "history"), "pushState", &arguments);
        }
        request_animation_frame(move || {
            threads::begin_reply(chat, &draft);
            threads::focus(chat);
            threads::scroll_to_end(chat);
        });
    }

    /// Closes the thread. The focus returns to the message that began it.
    pub(super) fn close_thread(&mut self) {
        let Some(root) = self.chat.thread.root.get_untracked() else { return };
        let has_history_entry = self.threads.has_history_entry;
        self.leave_threads();
        // The log may have been covered.
        self.mark_read();
        threads::focus_message(self.chat, root);
        if has_history_entry {
            js::call(&js::property(&window(), "history"), "back", &[]);
        }
    }

    /// The visitor went back: that closes a thread that covers the page.
    pub(super) fn on_back(&mut self) {
        if std::mem::take(&mut self.threads.has_history_entry) {
            self.close_thread();
        }
    }

    /// Closes the thread without moving the focus.
    pub(super) fn leave_threads(&mut self) {
        let thread = self.chat.thread;
        self.threads.reports.leave();
        self.client.close_thread();
        self.rows_changed = true;
        (self.threads.request, self.threads.target, self.threads.has_history_entry) = (None, None, false);
        set(self.chat.log.toolbar_message, None);
        set(thread.is_open, false);
        set(thread.root, None);
        set(thread.edited, None);
        thread.rows.set(Vec::new());
        if let Some(document) = document().document_element() {
            _ = document.remove_attribute(OPEN);
        }
    }

    /// Requests the newest replies, or those before the first one, as soon as there is a socket.
    pub(super) fn request_thread(&mut self, older: bool) {
        self.threads.request = Some(older);
        let view = ThreadView { error: None, ..self.chat.thread.view.get_untracked() };
        set(self.chat.thread.view, view);
    }

    /// Returns the request that is due. The caller has a socket.
    pub(super) fn thread_query(&mut self, now: u64) -> Option<ClientMessage> {
        if self.threads.awaited > 0 && now >= self.threads.asked_at + ANSWER_MS {
            self.threads.awaited = 0;
            let error = Some(self.chat.translations.threads().failed);
            set(self.chat.thread.view, ThreadView { error, ..self.chat.thread.view.get_untracked() });
        }
        let older = self.threads.request.take()?;
        let request = self.client.timeline().thread_request(older);
        self.threads.awaited += u32::from(request.is_some());
        self.threads.asked_at = now;
        request
    }

    /// Sends a reply with the attached images in the thread that is shown.
    pub(super) fn reply_in_thread(&mut self, text: Option<MessageText>, in_room: bool) -> Vec<Effect> {
        let (Some(root), Ok(nonce)) = (self.chat.thread.root.get_untracked(), random::unique_token().parse()) else {
            return Vec::new();
        };
        let Some(pictures) = self.take_pictures(Tray::Thread(root)) else { return Vec::new() };
        self.rows_changed = true;
        self.store_reply_draft("");
        let (reply_to, thread) = (Some(root), Some(in_room));
        let effects = if pictures.is_empty() {
            self.client.post(Draft { nonce, text, image: None, reply_to, thread }, time::now())
        } else {
            self.post_images(pictures, text, reply_to, thread)
        };
        let chat = self.chat;
        request_animation_frame(move || threads::scroll_to_end(chat));
        effects
    }

    /// Stores what is written in the thread that is shown. Other tabs may have changed other drafts.
    pub(super) fn store_reply_draft(&self, text: &str) {
        let Some(root) = self.chat.thread.root.get_untracked() else { return };
        let mut drafts = self.reply_drafts();
        drafts.set(root, text);
        store(&self.reply_drafts_key(), &drafts.to_stored());
    }

    /// Shows the stored draft of the thread that is shown.
    pub(super) fn restore_reply_draft(&self) {
        if let Some(root) = self.chat.thread.root.get_untracked() {
            threads::set_text(self.chat, &self.stored_reply_draft(root));
        }
    }

    fn stored_reply_draft(&self, root: Seq) -> String {
        self.reply_drafts().of(root).to_owned()
    }

    /// Returns what is written in the threads of the room.
    pub(super) fn reply_drafts(&self) -> ReplyDrafts {
        ReplyDrafts::from_stored(storage::read(&self.reply_drafts_key()).as_deref())
    }

    fn reply_drafts_key(&self) -> String {
        ["replies/", self.page.room.as_str(), "/", self.page.you.id.as_str()].concat()
    }

    /// Handles an answer, and updates the followed threads from new messages.
    pub(super) fn on_thread_answer(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Thread { root, .. } => {
                self.threads.awaited = self.threads.awaited.saturating_sub(1);
                // While another answer is awaited, this one may be about the thread that was shown before.
                let is_current = self.threads.awaited == 0 || self.client.timeline().shown_thread() == Some(root.seq);
                if is_current && self.client.on_thread(message) {
                    set(self.chat.thread.root, self.client.timeline().shown_thread());
                    self.rows_changed = true;
                }
                self.follow_roots(std::slice::from_ref(root));
            }
            ServerMessage::Error { action: Some(ActionName::Known(Action::Thread)), code, .. } => {
                self.threads.awaited = self.threads.awaited.saturating_sub(1);
                self.threads.target = None;
                let texts = self.chat.translations.threads();
                let error = Some(if *code == ErrorCode::NoMessage { texts.gone } else { texts.failed });
                set(self.chat.thread.view, ThreadView { error, ..self.chat.thread.view.get_untracked() });
            }
            ServerMessage::Error { action: Some(ActionName::Known(Action::ReadThread)), code, .. } => {
                self.threads.reports.on_error(*code);
            }
            ServerMessage::Message(message) => self.follow_messages(std::slice::from_ref(message)),
            ServerMessage::Messages { messages } => self.follow_messages(messages),
            ServerMessage::Changes { messages, truncated, .. } => {
                if *truncated {
                    self.reload_thread();
                }
                self.follow_messages(messages);
            }
            ServerMessage::Page { messages, up_to, .. } => {
                if up_to.is_some() {
                    self.reload_thread();
                }
                self.follow_roots(messages);
            }
            ServerMessage::Welcome { .. } => {
                self.threads.reports.on_welcome();
                // The request was lost with the socket.
                if std::mem::take(&mut self.threads.awaited) > 0 {
                    self.reload_thread();
                }
            }
            _ => {}
        }
    }

    /// Loads the thread that is shown again: what changed in it is unknown.
    fn reload_thread(&mut self) {
        if self.chat.thread.root.get_untracked().is_some() {
            self.request_thread(false);
        }
    }

    fn follow_messages(&mut self, messages: &[ChatMessage]) {
        let me = &self.page.you.id;
        let followed = &mut self.threads.followed;
        let changes = messages.iter().filter(|message| followed.on_message(message, me)).count();
        self.follow_roots(messages);
        if changes > 0 {
            self.store_followed_threads();
        }
    }

    /// Follows the threads of first messages. In a room that was just entered that waits until the messages have arrived, because the line
    /// is not known before.
    fn follow_roots(&mut self, messages: &[ChatMessage]) {
        if self.has_entered {
            return;
        }
        let followed = &mut self.threads.followed;
        let (me, line) = (&self.page.you.id, self.read_position.line());
        if messages.iter().filter(|message| followed.on_root(message, me, line)).count() > 0 {
            self.store_followed_threads();
        }
    }

    /// Reads which threads of the room are followed.
    pub(super) fn load_followed_threads(&mut self) {
        let stored = storage::read(&self.followed_key());
        self.threads.followed = FollowedThreads::from_stored(stored.as_deref());
        let newest = self.client.timeline().newest_page(&self.page).messages;
        self.follow_messages(&newest);
        self.show_unread_threads();
        self.ask_thread_positions();
        // The next drawing loads older messages if the log shows few.
        self.rows_changed = true;
    }

    pub(super) fn store_followed_threads(&self) {
        let stored = self.threads.followed.to_stored();
        store(&self.followed_key(), if stored == "[]" { "" } else { &stored });
        self.show_unread_threads();
        self.show_unread_in_list();
    }

    fn show_unread_threads(&self) {
        let unread = self.threads.followed.unread();
        let sentence = match unread.len() {
            0 => String::new(),
            count => self.chat.translations.threads().unread_threads.of(count),
        };
        set(self.chat.thread.unread, unread);
        set(self.chat.thread.unread_sentence, sentence);
    }

    fn followed_key(&self) -> String {
        ["threads/", self.page.room.as_str(), "/", self.page.you.id.as_str()].concat()
    }

    /// Draws the thread, and loads older messages of a log that shows few.
    pub(super) fn show_thread(&mut self) {
        if self.client.timeline().is_sparse() {
            let effects = self.client.load_older();
            self.perform(effects);
        }
        let chat = self.chat;
        let Some(root) = chat.thread.root.get_untracked() else { return };
        let namesakes = chat.room.namesakes.get_untracked();
        let ThreadRows { rows, more, is_loaded, is_closed } =
            self.client.timeline().thread_rows(&self.calendar, &namesakes);
        chat.assign_colours(&rows);
        let is_found = |seq: Seq| rows.iter().any(|row| row.seq == Some(seq));
        let target = self.threads.target.take_if(|target| is_found(*target));
        if is_loaded && self.threads.target.is_some() && self.threads.awaited == 0 && self.threads.request.is_none() {
            // It is older than what is loaded, or does not exist.
            if more { self.request_thread(true) } else { self.threads.target = None }
        }
        let follows = threads::at_end(chat);
        show_rows(chat.thread.rows, rows);
        let view = chat.thread.view.get_untracked();
        set(chat.thread.view, ThreadView { more, is_loaded, is_closed, ..view });
        request_animation_frame(move || match target {
            Some(target) => threads::show_message(chat, target),
            None if follows => threads::scroll_to_end(chat),
            None => {}
        });
        if let Some(newest) = self.client.timeline().newest_in_thread()
            && events::is_visible()
            && self.threads.followed.mark_read(root, newest)
        {
            self.threads.reports.advance(root, newest);
            self.store_followed_threads();
        }
    }
}

/// Writes an entry of this device. An empty one is removed, because its key would reveal the name of the room.
fn store(key: &str, value: &str) {
    let device = storage::device();
    if value.is_empty() {
        device.remove(key);
    } else {
        device.set(key, value);
    }
}
