//! Tells the visitor about new messages that they do not see: in the title, on the icon, and with notifications.

use leptos::prelude::*;
use page_model::{notification_level::NotificationLevel, room_list::RoomNews};
use shared_types::{ChatImage, ChatMessage, MessageText, Person, ServerMessage, plain_text};
use wasm_bindgen_futures::spawn_local;

use crate::{
    browser::{
        events,
        notification::{self, Permission},
        session::{Session, on_demand, with},
        storage,
    },
    ui::state::set,
};

/// Storage key of the notification level.
const NOTIFY: &str = "notify";

impl Session {
    /// Restores the stored level, if the browser still permits notifications.
    pub(super) fn init_notifications(&self) {
        let stored = storage::read(NOTIFY).and_then(|tag| NotificationLevel::of_tag(&tag)).unwrap_or_default();
        if notification::permission() == Permission::Granted {
            set(self.chat.notifications.level, stored);
        }
    }

    /// Sets the level. This runs in the click handler, because browsers ask for permission only there.
    pub(super) fn set_notifications(&self, level: NotificationLevel) {
        let permission =
            if level == NotificationLevel::Never { Permission::Granted } else { notification::permission() };
        // The level is shown at once, so that resetting it changes the radio button.
        set(self.chat.notifications.level, level);
        set(self.chat.notifications.error, None);
        if permission != Permission::Open {
            return self.apply_notification_level(level, permission);
        }
        let handle = self.handle;
        let answer = notification::ask();
        spawn_local(async move {
            let permission = answer.await;
            with(handle, |session| session.apply_notification_level(level, permission));
        });
    }

    fn apply_notification_level(&self, level: NotificationLevel, permission: Permission) {
        let error = match permission {
            Permission::Granted => None,
            Permission::Unable => Some(self.chat.translations.dialogs().notify_unable),
            Permission::Denied | Permission::Open => Some(self.chat.translations.dialogs().notify_denied),
        };
        let level = if error.is_none() { level } else { NotificationLevel::Never };
        set(self.chat.notifications.level, level);
        set(self.chat.notifications.error, error);
        storage::write(NOTIFY, level.tag());
    }

    /// Returns the new messages of other people in a frame that the room shows or that concern the visitor.
    pub(super) fn new_messages(&self, message: &ServerMessage) -> Vec<ChatMessage> {
        let messages = match message {
            ServerMessage::Message(message) => std::slice::from_ref(message),
            ServerMessage::Messages { messages } | ServerMessage::Changes { messages, .. } => messages,
            _ => &[],
        };
        let is_new = |message: &&ChatMessage| {
            let mentions_me = || message.mentions.iter().any(|person| person.id == self.page.you.id);
            let is_in_my_thread = || message.thread.is_some_and(|root| self.threads.followed.has(root));
            Some(message.seq) > self.newest_noticed
                && message.author.id != self.page.you.id
                && !message.deleted
                && (message.is_in_room() || is_in_my_thread() || mentions_me() || self.page.room.is_direct())
        };
        messages.iter().filter(is_new).cloned().collect()
    }

    /// Counts new messages if the page is hidden, and notifies the visitor.
    pub(super) fn count_unseen(&mut self, messages: &[ChatMessage]) {
        if events::is_visible() || messages.is_empty() {
            return;
        }
        self.unseen_count += messages.len() as u32;
        self.show_unseen_count();
        on_demand::with_part(|part| (part.notify)(self, messages));
    }

    /// Notifies the visitor of messages. Loaded on demand.
    pub(super) fn notify_messages(&self, messages: &[ChatMessage]) {
        let level = match self.chat.notifications.level.get_untracked() {
            NotificationLevel::Always if self.is_room_muted() => NotificationLevel::Mentions,
            level => level,
        };
        for message in messages.iter().filter(|message| level.applies_to(message, &self.page.you.id, &self.page.room)) {
            let translations = self.chat.translations;
            let text = plain_text(message.text.as_ref(), message.html.as_deref());
            let images = || translations.image_count(message.image.as_ref().map_or(1, ChatImage::count));
            let text = text.map_or_else(images, |text| text.to_string());
            let body = translations.notification_body(message.author.name.as_str(), Some(&text));
            let url = [self.page.room.path().as_str(), "#m-", &message.seq.0.to_string()].concat();
            let (chat, room, seq, address) = (self.chat, self.page.room.clone(), message.seq, url.clone());
            let on_click = move || match chat.room_name() == room.as_str() {
                true => chat.dispatch.run(crate::ui::state::intent::Intent::GoToMessage(seq)),
                // The visitor has gone to another room since.
                false => _ = window().location().set_href(&address),
            };
            notification::show(&self.title_of(&self.room_label()), &body, self.page.room.as_str(), &url, on_click);
        }
    }

    /// Resets the count of unseen messages. The page is visible.
    pub(super) fn clear_unseen(&mut self) {
        if std::mem::take(&mut self.unseen_count) > 0 {
            self.show_unseen_count();
        }
    }

    /// Notifies the visitor of a mention in another room if the page is hidden.
    pub(super) fn notify_mention(&self, news: &RoomNews, author: &Person, text: Option<&MessageText>) {
        if events::is_visible() || self.chat.notifications.level.get_untracked() == NotificationLevel::Never {
            return;
        }
        let translations = self.chat.translations;
        let body = translations.notification_body(author.name.as_str(), text.map(MessageText::as_str));
        let url = [news.room.path().as_str(), "#m-", &news.seq.0.to_string()].concat();
        let on_click = {
            let url = url.clone();
            move || _ = window().location().set_href(&url)
        };
        let label = self.chat.rooms.titles.with_untracked(|titles| titles.marked_label(&news.room));
        notification::show(&self.title_of(&label), &body, news.room.as_str(), &url, on_click);
    }

    /// Shows the number of unread messages in the title and on the icon: what came here while the page was hidden, and what is unread in
    /// other rooms.
    pub(super) fn show_unseen_count(&self) {
        if self.show_document_title() {
            self.show_badge();
        }
    }

    /// Shows the number of unread messages on the icon.
    pub(super) fn show_badge(&self) {
        on_demand::with_part(|part| (part.show_badge)(self.unseen_count + self.chat.rooms.unread().count));
    }

    /// Shows the room, and the number of unread messages, as the title of the page. Returns whether it was another one.
    pub(super) fn show_document_title(&self) -> bool {
        let (translations, room) = (self.chat.translations, self.room_label());
        let elsewhere = self.chat.rooms.unread();
        let title = match self.unseen_count + elsewhere.count {
            0 => self.title_of(&room),
            unread => translations.unread_title(unread, elsewhere.mentioned, &self.title_of(&room)),
        };
        let is_new = document().title() != title;
        if is_new {
            document().set_title(&title);
        }
        is_new
    }

    /// Returns the title of a room's page.
    fn title_of(&self, room: &str) -> String {
        self.chat.name.with_untracked(|chat| self.chat.translations.title(room, chat))
    }

    fn room_label(&self) -> String {
        self.chat.rooms.titles.with_untracked(|titles| titles.marked_label(&self.page.room))
    }
}
